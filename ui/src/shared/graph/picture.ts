import { breaks, insert, usualStep } from './gaps';
import { flat, stack, type Layer, type Values } from './stack';

/** A line of a graph. */
export interface Series {
  id: string;
  label: string;
  /** As styles have it: `var(--series-1)`. */
  colour: string;
  /** A second cue beside the colour. */
  dash?: number[];
  values: Values;
}

/** What is drawn: lines in their places, broken where nothing was measured. */
export interface Lines {
  at: number[];
  layers: Layer[];
  /** Each one's own figures at the same places. */
  values: (number | null)[][];
  /** Seconds from one point to the next. */
  step: number;
}

export function lines(at: readonly number[], series: readonly Series[], stacked: boolean): Lines {
  const step = usualStep(at);
  const before = breaks(at);
  const middle = (index: number) => ((at[index - 1] ?? 0) + (at[index] ?? 0)) / 2;
  const values = series.map((one) =>
    insert(
      at.map((_, index) => one.values[index] ?? null),
      before,
      () => null,
    ),
  );
  const places = insert(at, before, middle);
  const pile = stacked ? stack : flat;
  return { at: places, layers: pile(values, places.length), values, step };
}
