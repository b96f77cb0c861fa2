import type { Comment, Side } from '../../backend/types';
import { hunksOf, type DiffLine, type Hunk } from '../../shared/diff';
import { place, type Placed } from './placing';

/** What one below the other makes up a file's difference. */
export type Row =
  | { kind: 'hunk'; key: string; hunk: Hunk; /** Lines that are left out before it. */ out: number }
  | { kind: 'line'; key: string; hunk: Hunk; left: DiffLine | null; right: DiffLine | null }
  | { kind: 'end'; key: string }
  | { kind: 'comment'; key: string; comment: Comment; placed: Placed }
  | { kind: 'writing'; key: string; comment: Comment }
  | { kind: 'body'; key: string };

export type LineRow = Extract<Row, { kind: 'line' }>;

const keyOf = (left: DiffLine | null, right: DiffLine | null) =>
  `${left?.before ?? ''}:${right?.after ?? ''}`;

function row(hunk: Hunk, left: DiffLine | null, right: DiffLine | null): LineRow {
  return { kind: 'line', key: keyOf(left, right), hunk, left, right };
}

/** One line a row; a line that stays is on both sides of its row. */
function unified(hunk: Hunk): LineRow[] {
  return hunk.lines.map((line) =>
    row(hunk, line.kind === 'add' ? null : line, line.kind === 'remove' ? null : line),
  );
}

/** What was on the left, and what takes its place on the right. */
function split(hunk: Hunk): LineRow[] {
  const rows: LineRow[] = [];
  for (let at = 0; at < hunk.lines.length;) {
    const line = hunk.lines[at];
    if (!line) break;
    if (line.kind === 'same') {
      rows.push(row(hunk, line, line));
      at += 1;
      continue;
    }
    const next = hunk.lines.findIndex(({ kind }, other) => other >= at && kind === 'same');
    const changed = hunk.lines.slice(at, next < 0 ? undefined : next);
    const gone = changed.filter(({ kind }) => kind === 'remove');
    const come = changed.filter(({ kind }) => kind === 'add');
    rows.push(...beside(hunk, gone, come));
    at += changed.length;
  }
  return rows;
}

/** Lines that went beside those that came: each beside the one that replaces it, where there is one. */
function beside(hunk: Hunk, gone: DiffLine[], come: DiffLine[]): LineRow[] {
  const rows: LineRow[] = [];
  let [left, right] = [0, 0];
  while (left < gone.length || right < come.length) {
    const old = gone[left] ?? null;
    const fresh = come[right] ?? null;
    const waits = old?.twin && old.twin !== fresh && come.indexOf(old.twin, right) > 0;
    const leads = fresh?.twin && fresh.twin !== old && gone.indexOf(fresh.twin, left) > 0;
    rows.push(row(hunk, waits ? null : old, leads && !waits ? null : fresh));
    if (!waits) left += 1;
    if (waits || !leads) right += 1;
  }
  return rows;
}

/** The line of a row on a side. */
export const on = ({ left, right }: LineRow, side: Side) => (side === 'old' ? left : right);

/** Its number there. */
export const numberOn = (line: DiffLine | null, side: Side) =>
  (side === 'old' ? line?.before : line?.after) ?? null;

/** The rows of a difference without what is said about it; `isAll` where there is no more of it. */
export function lineRows(text: string, isSplit: boolean, isAll: boolean): Row[] {
  const rows: Row[] = [];
  let shown = 0;
  for (const hunk of hunksOf(text)) {
    const start = hunk.newStart || hunk.oldStart;
    rows.push({ kind: 'hunk', key: `@${keyOfHunk(hunk)}`, hunk, out: Math.max(0, start - shown - 1) });
    for (const one of isSplit ? split(hunk) : unified(hunk)) rows.push(one);
    shown = start + hunk.lines.filter(({ kind }) => kind !== 'remove').length - 1;
  }
  if (rows.length > 0 && !isAll) rows.push({ kind: 'end', key: 'end' });
  return rows;
}

const keyOfHunk = ({ oldStart, newStart }: Hunk) => `${String(oldStart)}:${String(newStart)}`;

/** Puts comments under the lines that they are about; what has no place here comes first. */
export function withComments(
  rows: readonly Row[],
  comments: readonly Comment[],
  writing: Comment | null,
): Row[] {
  const all = writing ? [...comments.filter(({ id }) => id !== writing.id), writing] : comments;
  if (all.length === 0) return rows as Row[];
  const under = new Map<string | null, Row[]>();
  for (const comment of all) {
    const placed = place(rows, comment);
    const made: Row =
      comment === writing
        ? { kind: 'writing', key: `w ${comment.id}`, comment }
        : { kind: 'comment', key: `c ${comment.id}`, comment, placed };
    under.set(placed.under, [...(under.get(placed.under) ?? []), made]);
  }
  return [...(under.get(null) ?? []), ...rows.flatMap((one) => [one, ...(under.get(one.key) ?? [])])];
}
