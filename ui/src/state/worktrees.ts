import type { Loss, SessionId, WorktreeSize, WorktreeView } from '../backend/types';

/** Rules of the list of worktrees: what is offered for each, which are shown, and in which order. */

/** Bosk may put it away and delete it. */
export const isOurs = ({ origin }: WorktreeView) => origin === 'bosk' || origin === 'adopted';

/** Files that differ from its commit. */
export const uncommitted = ({ modified, untracked, conflicted }: WorktreeView) =>
  modified + untracked + conflicted;

/** Whether something of it is here only: not committed, or neither merged nor on a remote. */
export function isUnsaved(worktree: WorktreeView): boolean {
  const { merged, unpushed, ahead } = worktree;
  return uncommitted(worktree) > 0 || (merged === null && (unpushed ?? ahead) > 0);
}

/** Whether nothing is lost with it: all of it is in its base, and nobody works in it. */
export function canGo(worktree: WorktreeView, isAlive: (id: SessionId) => boolean): boolean {
  const { locked, problem, missing, merged, sessions } = worktree;
  if (!isOurs(worktree) || locked !== null || problem !== null || sessions.some(isAlive)) return false;
  return missing || (merged !== null && uncommitted(worktree) === 0);
}

export type WorktreeDeed = 'adopt' | 'release' | 'size' | 'clean' | 'archive' | 'delete';

/** What can be done to it, beside what its sessions are for. */
export function deedsOf(worktree: WorktreeView): WorktreeDeed[] {
  const { origin, missing, locked } = worktree;
  const deeds: WorktreeDeed[] = [];
  if (origin === 'other' && !missing) deeds.push('adopt');
  if (!missing) deeds.push('size');
  if (!isOurs(worktree)) return deeds;
  if (!missing) deeds.push('clean');
  if (origin === 'adopted') deeds.push('release');
  // What somebody has locked is theirs to unlock.
  if (locked !== null) return deeds;
  return missing ? [...deeds, 'delete'] : [...deeds, 'archive', 'delete'];
}

export const shows = ['all', 'can-go', 'unsaved'] as const;
export type Show = (typeof shows)[number];

export const orders = ['latest', 'name', 'ahead', 'unsaved', 'size'] as const;
export type Order = (typeof orders)[number];

const nameOf = ({ branch, folder }: WorktreeView) => branch ?? folder;

export interface Known {
  sizes: ReadonlyMap<string, WorktreeSize>;
  isAlive: (id: SessionId) => boolean;
  titleOf: (id: SessionId) => string | null;
}

/** Whether a text is found in what a person knows it by. */
function matches(worktree: WorktreeView, text: string, { titleOf }: Known): boolean {
  const { branch, base, folder, sessions } = worktree;
  const words = [branch, base, folder, ...sessions.map(titleOf)].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));
}

/** Those that are asked for, in order; the repository itself comes first. */
export function listed(
  items: readonly WorktreeView[],
  wanted: { text: string; show: Show; order: Order },
  known: Known,
): WorktreeView[] {
  const { text, show, order } = wanted;
  const size = ({ folder }: WorktreeView) => {
    const found = known.sizes.get(folder);
    return found ? found.bytes + found.builds : -1;
  };
  const figures: Record<Exclude<Order, 'name'>, (one: WorktreeView) => number> = {
    latest: ({ committed_at, made_at }) => Math.max(committed_at ?? 0, made_at ?? 0),
    ahead: ({ ahead }) => ahead,
    unsaved: (one) => (isUnsaved(one) ? uncommitted(one) + (one.unpushed ?? one.ahead) : 0),
    size,
  };
  return items
    .filter((one) => matches(one, text.trim(), known))
    .filter((one) => show === 'all' || (show === 'unsaved' ? isUnsaved(one) : canGo(one, known.isAlive)))
    .sort((a, b) => {
      const first = Number(b.origin === 'main') - Number(a.origin === 'main');
      const byFigure = order === 'name' ? 0 : figures[order](b) - figures[order](a);
      return first || byFigure || nameOf(a).localeCompare(nameOf(b));
    });
}

/** Those that a branch holds, as long as it stays. */
const onBranch: Loss['kind'][] = ['unpushed', 'unmerged', 'stashed'];
/** Those that no snapshot holds. */
const inNoSnapshot: Loss['kind'][] = ['ignored', 'nested', 'stashed'];

/** What of it goes at once, what a snapshot holds until it expires, and what stays. */
export function fates(losses: readonly Loss[], branch: boolean, snapshot: boolean) {
  const stays = branch ? [] : losses.filter(({ kind }) => onBranch.includes(kind));
  const goes = losses.filter((loss) => !stays.includes(loss));
  const now = goes.filter(({ kind }) => !snapshot || inNoSnapshot.includes(kind));
  return { now, later: goes.filter((loss) => !now.includes(loss)), stays };
}
