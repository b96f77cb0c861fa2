import type { Row } from './rows';

/** Where what is scrolled over stands. Knows heights, and nothing of what is drawn. */

/** A file with what of it is open. */
export interface Block {
  path: string;
  rows: readonly Row[];
}

/** The head of a file, in pixels. It is never wrapped. */
export const HEAD = 36;
/** What is drawn beyond the screen, so that scrolling shows no gaps: pixels. */
const AROUND = 500;

/** As high as a row is until it has been measured. */
const guess: Record<Row['kind'], number> = {
  hunk: 28,
  line: 20,
  end: 28,
  comment: 84,
  writing: 150,
  body: 120,
};

/** A part of a file's rows, and the room that the others take. */
export interface Part {
  path: string;
  /** From and to which row. */
  from: number;
  to: number;
  before: number;
  after: number;
}

export interface View {
  parts: Part[];
  before: number;
  after: number;
}

/** How high rows are: as measured, where they have been. */
export class Heights {
  readonly #measured = new Map<string, number>();
  readonly #sums = new WeakMap<readonly Row[], Float64Array>();
  /** What stands for the body of a file that is not read yet. */
  body: (path: string) => number = () => guess.body;

  of(path: string, row: Row): number {
    const known = this.#measured.get(`${path}\n${row.key}`);
    return known ?? (row.kind === 'body' ? this.body(path) : guess[row.kind]);
  }

  /** Takes in what a row turned out to be; whether that is news. */
  measure({ path, rows }: Block, row: Row, height: number): boolean {
    if (height <= 0 || Math.abs(this.of(path, row) - height) < 0.5) return false;
    this.#measured.set(`${path}\n${row.key}`, height);
    this.#sums.delete(rows);
    return true;
  }

  /** They are as wide as another window now. */
  forget(blocks: readonly Block[]): void {
    this.#measured.clear();
    for (const { rows } of blocks) this.#sums.delete(rows);
  }

  /** Where each row of a file begins, and where the last one ends. */
  sums({ path, rows }: Block): Float64Array {
    const known = this.#sums.get(rows);
    if (known) return known;
    const sums = new Float64Array(rows.length + 1);
    rows.forEach((row, at) => (sums[at + 1] = (sums[at] ?? 0) + this.of(path, row)));
    this.#sums.set(rows, sums);
    return sums;
  }
}

/** Where each file begins, and where the last one ends. */
export function topsOf(blocks: readonly Block[], heights: Heights): Float64Array {
  const tops = new Float64Array(blocks.length + 1);
  blocks.forEach((block, at) => {
    const inside = block.rows.length > 0 ? (heights.sums(block).at(-1) ?? 0) : 0;
    tops[at + 1] = (tops[at] ?? 0) + HEAD + inside;
  });
  return tops;
}

/** The last place that begins at or before an offset. */
export function at(places: Float64Array, offset: number): number {
  let [low, high] = [0, Math.max(0, places.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((places[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What is to be drawn of all files at a place. */
export function viewOf(
  blocks: readonly Block[],
  tops: Float64Array,
  heights: Heights,
  offset: number,
  height: number,
): View {
  const start = Math.max(0, offset - AROUND);
  const end = offset + height + AROUND;
  const total = tops.at(-1) ?? 0;
  if (blocks.length === 0) return { parts: [], before: 0, after: 0 };
  const [first, last] = [at(tops, start), at(tops, end)];
  const parts = blocks.slice(first, last + 1).map((block, index): Part => {
    const { path, rows } = block;
    if (rows.length === 0) return { path, from: 0, to: 0, before: 0, after: 0 };
    const sums = heights.sums(block);
    const top = (tops[first + index] ?? 0) + HEAD;
    const from = at(sums, Math.max(0, start - top));
    const to = end <= top ? from : Math.min(rows.length, at(sums, end - top) + 1);
    return { path, from, to, before: sums[from] ?? 0, after: (sums.at(-1) ?? 0) - (sums[to] ?? 0) };
  });
  return { parts, before: tops[first] ?? 0, after: total - (tops[last + 1] ?? total) };
}
