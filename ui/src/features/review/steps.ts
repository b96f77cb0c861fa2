import type { Block } from './layout';

/** A place in what is scrolled over: a line, or the head of a file where there is no key. */
export interface Place {
  path: string;
  key: string | null;
}

const linesOf = ({ rows }: Block) => rows.filter(({ kind }) => kind === 'line');

/** The line or head that comes next, or before. */
export function step(blocks: readonly Block[], { path, key }: Place, by: 1 | -1): Place | null {
  const at = blocks.findIndex((block) => block.path === path);
  const block = blocks[at];
  if (!block) return null;
  const lines = linesOf(block);
  const line = key === null ? -1 : lines.findIndex((row) => row.key === key);
  const next = lines[line + by];
  if (next && (by > 0 || line > 0)) return { path, key: next.key };
  if (by < 0 && line >= 0) return { path, key: null };
  const other = blocks[at + by];
  if (!other) return null;
  return { path: other.path, key: by > 0 ? null : (linesOf(other).at(-1)?.key ?? null) };
}

/** The first line of the hunk that comes next, or before. */
export function stepHunk(blocks: readonly Block[], place: Place, by: 1 | -1): Place | null {
  let at = blocks.findIndex((block) => block.path === place.path);
  let key = place.key;
  for (; blocks[at]; at += by, key = null) {
    const { path, rows } = blocks[at] as Block;
    const heads = rows.flatMap((row, index) => (row.kind === 'hunk' ? index : []));
    const here =
      key === null
        ? path === place.path
          ? -1
          : by > 0
            ? -1
            : rows.length
        : rows.findIndex((row) => row.key === key);
    // The hunk that one is in begins before.
    const found =
      by > 0
        ? heads.find((index) => index > here)
        : heads.filter((index) => index < here).at(key === null ? -1 : -2);
    const line = found === undefined ? undefined : rows.slice(found).find(({ kind }) => kind === 'line');
    if (line) return { path, key: line.key };
  }
  return null;
}

/** The file that comes next, or before. */
export function stepFile(blocks: readonly Block[], path: string | null, by: 1 | -1): string | null {
  const at = blocks.findIndex((block) => block.path === path);
  return blocks[at < 0 ? (by > 0 ? 0 : -1) : at + by]?.path ?? null;
}
