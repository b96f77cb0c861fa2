/** How well a text answers a query: each word of the query must be in it; earlier and at a word's start is better. */
export function score(text: string, query: string): number | null {
  const low = text.toLowerCase();
  let sum = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = low.indexOf(word);
    if (at < 0) return null;
    sum += at + (at === 0 || /\W/.test(low[at - 1] ?? '') ? 0 : 50);
  }
  return sum;
}
