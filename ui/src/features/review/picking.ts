import type { Comment, LineAt, Side } from '../../backend/types';
import { numberOn, on, type LineRow, type Row } from './rows';

/** Lines of one file that are picked: by pointer or by keys. */
export interface Picking {
  path: string;
  /** Where it began. */
  from: string;
  /** Where the cursor is. */
  to: string;
  /** One side of a split view only. */
  side: Side | null;
}

const isLine = (row: Row): row is LineRow => row.kind === 'line';

/** The rows that are picked, from the first to the last. */
export function rowsOf(rows: readonly Row[], { from, to }: Picking): LineRow[] {
  const lines = rows.filter(isLine);
  const [one, other] = [from, to].map((key) => lines.findIndex((row) => row.key === key));
  if (one === undefined || other === undefined || one < 0 || other < 0) return [];
  return lines.slice(Math.min(one, other), Math.max(one, other) + 1);
}

/** What of them can be staged or reverted: the lines that were added or removed. */
export function changedIn(rows: readonly LineRow[], side: Side | null): LineAt[] {
  const found: LineAt[] = [];
  for (const { left, right } of rows) {
    if (left?.kind === 'remove' && left.before !== null && side !== 'new')
      found.push({ side: 'old', line: left.before });
    if (right?.kind === 'add' && right.after !== null && side !== 'old')
      found.push({ side: 'new', line: right.after });
  }
  return found;
}

/** All of a hunk. */
export function changedOf(rows: readonly Row[], hunk: LineRow['hunk']): LineAt[] {
  return changedIn(
    rows.filter(isLine).filter((row) => row.hunk === hunk),
    null,
  );
}

/** The lines that a comment on them is about; removed ones only where nothing else is picked. */
export function aboutOf(
  rows: readonly LineRow[],
  side: Side | null,
): Pick<Comment, 'side' | 'from' | 'to' | 'code'> | null {
  const wanted = side ?? (rows.some(({ right }) => right) ? 'new' : 'old');
  const lines = rows.flatMap((row) => on(row, wanted) ?? []);
  const from = numberOn(lines[0] ?? null, wanted);
  const to = numberOn(lines.at(-1) ?? null, wanted);
  if (from === null || to === null) return null;
  return { side: wanted, from, to, code: lines.map(({ text }) => text).join('\n') };
}
