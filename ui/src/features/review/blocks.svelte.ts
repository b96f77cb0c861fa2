import { untrack } from 'svelte';
import type { Comment, FileLines, ReviewFile } from '../../backend/types';
import { Heights, topsOf, type Block } from './layout';
import type { Reading } from './reading.svelte';
import { lineRows, withComments, type Row } from './rows';

const folded: readonly Row[] = [];
const body: Row = { kind: 'body', key: 'body' };
const none: Comment[] = [];
/** As high as the body of a file that is not read yet can be taken for: rows. */
const MOST_ROWS = 40;

/** What a block was made of: it stays the same as long as that does. */
interface Made {
  isFolded: boolean;
  lines: FileLines | null;
  split: boolean;
  comments: readonly Comment[];
  writing: Comment | null;
  plain: readonly Row[];
  block: Block;
}

/** All files one below the other, as they are scrolled over. */
export class Blocks {
  readonly heights = new Heights();
  /** Grows with every height that is news. */
  measured = $state(0);
  readonly #made = new Map<string, Made>();

  constructor(private readonly reading: Reading) {
    this.heights.body = (path) => {
      const file = reading.file(path);
      const changed = (file?.added ?? 0) + (file?.removed ?? 0);
      return file?.binary ? 60 : Math.min(MOST_ROWS, changed + 8) * 20;
    };
  }

  readonly all = $derived.by(() => {
    const { files, choices, comments, version } = this.reading;
    void [version, choices.split, comments.byPath, comments.writing];
    // That is all that they are made of: ten thousand files are not followed one by one.
    return untrack(() => files.map((file) => this.#block(file)));
  });
  readonly #places = $derived.by(() => new Map(this.reading.files.map(({ path }, at) => [path, at])));
  readonly tops = $derived.by(() => {
    void this.measured;
    return topsOf(this.all, this.heights);
  });

  /** Which one a file is, counted from the first; -1 where it is not shown. */
  placeOf(path: string): number {
    return this.#places.get(path) ?? -1;
  }

  of(path: string): Block | null {
    return this.all[this.placeOf(path)] ?? null;
  }

  #block(file: ReviewFile): Block {
    const { reading } = this;
    const { path } = file;
    const before = this.#made.get(path);
    const isFolded = reading.isFolded(file);
    const lines = isFolded ? null : (reading.opened(path)?.lines ?? null);
    const { split } = reading.choices;
    const comments = isFolded ? none : (reading.comments.byPath.get(path) ?? none);
    const about = reading.comments.writing;
    const writing = about?.path === path && !isFolded ? about : null;
    const isPlain = before?.lines === lines && before.split === split && before.isFolded === isFolded;
    if (isPlain && before.comments === comments && before.writing === writing) return before.block;
    const plain = isPlain ? before.plain : isFolded ? folded : plainRows(lines, split, file);
    const rows = withComments(plain, comments, writing);
    const made = { isFolded, lines, split, comments, writing, plain, block: { path, rows } };
    this.#made.set(path, made);
    return made.block;
  }
}

function plainRows(lines: FileLines | null, split: boolean, { kind }: ReviewFile): Row[] {
  if (!lines || lines.closed) return [body];
  const isWhole = kind === 'added' || kind === 'untracked' || kind === 'deleted';
  const rows = lineRows(lines.text, split, isWhole && !lines.truncated);
  return rows.length > 0 ? rows : [body];
}
