import type { Comment, Side } from '../../backend/types';
import { numberOn, on, type Row } from './rows';

/** Where comments stand when the lines that they are about have moved, changed or gone. */

export interface Placed {
  /** The key of the row that it stands under; none where it comes before all. */
  under: string | null;
  /** Whether the lines are as they were, have changed, or are not among those that are shown. */
  how: 'here' | 'outdated' | 'away';
  /** Where its lines are now, as far as that is known. */
  from: number;
  to: number;
}

interface Known {
  key: string;
  number: number;
  text: string;
}

/** The lines of a side that are shown, in order. */
export function linesOn(rows: readonly Row[], side: Side): Known[] {
  return rows.flatMap((row) => {
    const line = row.kind === 'line' ? on(row, side) : null;
    const number = numberOn(line, side);
    return line && number !== null ? [{ key: row.key, number, text: line.text }] : [];
  });
}

/** Whether these lines stand from there on, without a gap. */
function stands(known: readonly Known[], at: number, code: readonly string[]): boolean {
  const first = known[at]?.number ?? 0;
  return code.every(
    (text, after) => known[at + after]?.text === text && known[at + after]?.number === first + after,
  );
}

export function place(rows: readonly Row[], { side, from, to, code }: Comment): Placed {
  const known = linesOn(rows, side);
  const lines = code.split('\n');
  const found = known
    .map((_, at) => at)
    .filter((at) => stands(known, at, lines))
    .map((at) => ({ at, away: Math.abs((known[at]?.number ?? 0) - from) }))
    .sort((a, b) => a.away - b.away)[0];
  if (found) {
    const last = known[found.at + lines.length - 1];
    const start = known[found.at]?.number ?? from;
    return { under: last?.key ?? null, how: 'here', from: start, to: start + lines.length - 1 };
  }
  const isShown = known.some(({ number }) => number >= from && number <= to);
  const last = known.findLast(({ number }) => number <= to);
  return { under: isShown ? (last?.key ?? null) : null, how: isShown ? 'outdated' : 'away', from, to };
}

/**
 * The row of the new rows that a row of the old ones has become: the same line, by what it says and what stands
 * around it. Numbers alone would not do: what is added above moves them.
 */
export function follow(old: readonly Row[], key: string, fresh: readonly Row[]): string | null {
  const at = old.findIndex((row) => row.key === key);
  const row = old[at];
  if (!row) return null;
  if (row.kind !== 'line') return fresh.find((other) => other.key === key)?.key ?? nearest(old, at, fresh);
  let best: { key: string; score: number } | null = null;
  for (const [other, candidate] of fresh.entries()) {
    if (candidate.kind !== 'line' || saying(candidate) !== saying(row)) continue;
    let score = -Math.abs(other - at) / fresh.length;
    for (const step of [-3, -2, -1, 1, 2, 3]) {
      const beside = old[at + step];
      if (beside && saying(beside) === saying(fresh[other + step])) score += 1;
    }
    if (!best || score > best.score) best = { key: candidate.key, score };
  }
  return best?.key ?? nearest(old, at, fresh);
}

/** What a row says, on both sides. */
function saying(row: Row | undefined): string | null {
  if (row?.kind !== 'line') return null;
  return `${row.left?.text ?? '\0'}\n${row.right?.text ?? '\0'}`;
}

/** The line that is now where that one was. */
function nearest(old: readonly Row[], at: number, fresh: readonly Row[]): string | null {
  const row = old[at];
  const number = row?.kind === 'line' ? (row.right?.after ?? row.left?.before ?? 0) : at;
  const after = fresh.find(
    (other) => other.kind === 'line' && (other.right?.after ?? other.left?.before ?? 0) >= number,
  );
  return after?.key ?? fresh.findLast(({ kind }) => kind === 'line')?.key ?? null;
}
