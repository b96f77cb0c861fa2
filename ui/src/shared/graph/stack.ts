/** One line upon the other: where each begins and ends. */

export type Values = readonly (number | null)[];

export interface Layer {
  /** Where the line runs; null where the series has nothing. */
  upper: (number | null)[];
  /** What it stands upon. */
  lower: number[];
}

/** Stacks the series in their order, the first one at the bottom. What is not there adds nothing. */
export function stack(series: readonly Values[], length: number): Layer[] {
  const sum = new Array<number>(length).fill(0);
  return series.map((values) => {
    const lower = [...sum];
    const upper = sum.map((below, index) => {
      const value = values[index] ?? null;
      if (value === null) return null;
      return (sum[index] = below + value);
    });
    return { upper, lower };
  });
}

/** What all come to at each point; null where none has anything. */
export function total(series: readonly Values[], length: number): (number | null)[] {
  return Array.from({ length }, (_, index) => {
    let sum: number | null = null;
    for (const values of series) {
      const value = values[index] ?? null;
      if (value !== null) sum = (sum ?? 0) + value;
    }
    return sum;
  });
}

/** Every series on the ground. */
export function flat(series: readonly Values[], length: number): Layer[] {
  const lower = new Array<number>(length).fill(0);
  return series.map((values) => ({ upper: lower.map((_, index) => values[index] ?? null), lower }));
}
