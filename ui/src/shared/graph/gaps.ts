/** Where a line breaks: nothing was measured there. */

/** The distance at which points usually stand: the middle one of all, so that a few pauses do not count. */
export function usualStep(at: readonly number[]): number {
  const steps: number[] = [];
  for (let index = 1; index < at.length; index += 1) {
    const step = (at[index] ?? 0) - (at[index - 1] ?? 0);
    if (step > 0) steps.push(step);
  }
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 1;
}

/** Two points further apart than this, in seconds, do not belong together. */
export function longestStep(step: number): number {
  return Math.max(60, 3 * step);
}

/** The indexes before which a gap is. */
export function breaks(at: readonly number[], longest = longestStep(usualStep(at))): number[] {
  const found: number[] = [];
  for (let index = 1; index < at.length; index += 1) {
    if ((at[index] ?? 0) - (at[index - 1] ?? 0) > longest) found.push(index);
  }
  return found;
}

/** The same list with something put in before each of these indexes. */
export function insert<T>(list: readonly T[], before: readonly number[], make: (index: number) => T): T[] {
  if (before.length === 0) return [...list];
  const out: T[] = [];
  let next = 0;
  list.forEach((value, index) => {
    if (before[next] === index) {
      out.push(make(index));
      next += 1;
    }
    out.push(value);
  });
  return out;
}
