import type { LogCommit } from '../../backend/types';

/** Where the lines of a history run: one lane for each line of commits, the newest above. Draws nothing. */

/** A line between the lane where a row begins, or its commit, and the lane where it ends. */
export interface Line {
  from: number;
  to: number;
  /** Whether it belongs to the branch alone. */
  own: boolean;
}

export interface Row {
  commit: LogCommit;
  lane: number;
  /** From the top edge to the commit. */
  into: Line[];
  /** From the top edge to the bottom edge, past the commit. */
  past: Line[];
  /** From the commit to the bottom edge. */
  out: Line[];
}

interface Awaited {
  id: string;
  own: boolean;
}

/** Each commit's place and lines, and how many lanes there are in all. A lane that has become free is taken again. */
export function lanes(commits: readonly LogCommit[]): { rows: Row[]; width: number } {
  /** Which commit each lane leads to. */
  const open: (Awaited | null)[] = [];
  let width = 0;
  const known = new Map(commits.map(({ id, own }) => [id, own]));
  const free = () => {
    const at = open.indexOf(null);
    return at < 0 ? open.length : at;
  };
  const rows = commits.map((commit): Row => {
    const into: Line[] = [];
    const past: Line[] = [];
    let lane = open.findIndex((one) => one?.id === commit.id);
    if (lane < 0) lane = free();
    for (const [from, awaited] of open.entries()) {
      if (!awaited) continue;
      if (awaited.id === commit.id) {
        into.push({ from, to: lane, own: awaited.own });
        open[from] = null;
      } else past.push({ from, to: from, own: awaited.own });
    }
    open[lane] ??= null;
    const out = commit.parents.map((id, nth): Line => {
      // A line that comes from elsewhere is not of the branch, though it ends in it.
      const own = commit.own && (nth === 0 || known.get(id) === true);
      let to = open.findIndex((one) => one?.id === id);
      if (to < 0) {
        to = nth === 0 ? lane : free();
        open[to] = { id, own };
      }
      return { from: lane, to, own };
    });
    while (open.length > 0 && open.at(-1) === null) open.pop();
    width = Math.max(width, lane + 1, open.length);
    return { commit, lane, into, past, out };
  });
  return { rows, width };
}
