/** Names in braces of a prompt: as the backend knows them (`bosk_core::queue::names`), so that code in it stays code. */

const named = /\{(\p{Alphabetic}[\p{Alphabetic}\p{Number}_ -]*)\}/gu;

/** Each once, in order. */
export function namesIn(prompt: string): string[] {
  return [...new Set([...prompt.matchAll(named)].map(([, name = '']) => name))];
}

/** The prompt with values in their places; what has none stays as it is. */
export function fillIn(prompt: string, values: Readonly<Record<string, string>>): string {
  return prompt.replace(named, (whole, name: string) => values[name]?.trim() || whole);
}
