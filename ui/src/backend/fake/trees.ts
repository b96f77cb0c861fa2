import type {
  ArchivedWorktree,
  Loss,
  SessionSummary,
  Suggestion,
  WorktreeSize,
  WorktreeView,
} from '../types';
import { summary, uuid } from './summary';

/** Made-up worktrees of the repository `shop`. */

export const SHOP = '/home/mina/work/shop';
export const OWN = '/home/mina/.bosk/worktrees/shop';

const MB = 1_000_000;
const HOUR = 3600;
const DAY = 86_400_000;

/** One that has nothing to say, but for what is given. */
export function tree(change: Partial<WorktreeView> & { folder: string }): WorktreeView {
  return {
    origin: 'bosk',
    branch: change.folder.split('/').at(-1) ?? null,
    head: 'c0ffee'.padEnd(40, '0'),
    base: 'main',
    ahead: 0,
    behind: 0,
    modified: 0,
    untracked: 0,
    conflicted: 0,
    unpushed: 0,
    merged: null,
    committed_at: null,
    made_at: null,
    sessions: [],
    locked: null,
    missing: false,
    problem: null,
    ...change,
  };
}

export const mainTree = (folder: string): WorktreeView =>
  tree({ folder, origin: 'main', branch: 'main', base: null });

/** Sessions of the scene `worktrees`, each in a worktree of its own but for the last. */
export function sessionsWithTrees(now: number): SessionSummary[] {
  const own = (branch: string) => ({ branch, folder: `${OWN}/${branch}` });
  return [
    summary('Fix the login redirect that drops the query string', 'needs_you', now, own('login-redirect')),
    summary('Port the pricing tests to Vitest', 'running', now, own('pricing-tests')),
    summary('Cache the exchange rates', 'stopped', now, own('exchange-rates')),
    summary('Format amounts by locale', 'stopped', now, own('locale-amounts')),
    summary('Write the migration guide', 'done', now, { worktree: false, branch: 'main', folder: SHOP }),
  ];
}

export function trees(now: number): WorktreeView[] {
  const ago = (hours: number) => Math.round(now / 1000) - hours * HOUR;
  const own = (branch: string, change: Partial<WorktreeView>) =>
    tree({ folder: `${OWN}/${branch}`, ...change });
  return [
    { ...mainTree(SHOP), committed_at: ago(5), sessions: [uuid(5)], untracked: 1 },
    own('login-redirect', { ahead: 2, unpushed: 2, modified: 3, committed_at: ago(1), sessions: [uuid(1)] }),
    own('pricing-tests', {
      ahead: 4,
      behind: 12,
      unpushed: 4,
      modified: 1,
      untracked: 2,
      conflicted: 2,
      committed_at: ago(3),
      sessions: [uuid(2)],
    }),
    own('exchange-rates', {
      ahead: 3,
      behind: 7,
      merged: 'squash',
      committed_at: ago(30),
      sessions: [uuid(3)],
    }),
    own('locale-amounts', { ahead: 1, unpushed: 1, committed_at: ago(52), sessions: [uuid(4)] }),
    own('mail-templates', { behind: 20, merged: 'commits', committed_at: ago(200) }),
    own('old-client', { missing: true, head: null, committed_at: ago(900), unpushed: null }),
    tree({
      folder: '/home/mina/work/shop-hotfix',
      origin: 'other',
      branch: 'hotfix-2.1',
      base: 'main',
      ahead: 1,
      unpushed: 0,
      committed_at: ago(72),
    }),
    tree({
      folder: '/media/stick/shop-release',
      origin: 'other',
      branch: null,
      unpushed: null,
      committed_at: ago(700),
      locked: 'on a stick that is not always there',
      problem: 'The folder’s index could not be read.',
    }),
  ];
}

export function archivedTrees(now: number): ArchivedWorktree[] {
  return [
    {
      id: 'archive-1',
      folder: `${OWN}/search-index`,
      branch: 'search-index',
      branch_stays: true,
      session: uuid(90),
      with_session: true,
      at: now - 40 * DAY,
      snapshot: 'beef'.padEnd(40, '0'),
      whole: true,
      bytes: 640 * MB,
      expires_at: now + 50 * DAY,
    },
    {
      id: 'archive-2',
      folder: `${OWN}/dark-mails`,
      branch: 'dark-mails',
      branch_stays: false,
      session: null,
      with_session: false,
      at: now - 85 * DAY,
      snapshot: 'cafe'.padEnd(40, '0'),
      whole: false,
      bytes: 0,
      expires_at: null,
    },
  ];
}

export function sizeOf(folder: string): WorktreeSize {
  const weight = folder.length * 7;
  const built = folder.startsWith(OWN) && weight % 3 !== 0;
  return {
    bytes: weight * MB,
    builds: built ? weight * 6 * MB : 0,
    folders: built ? ['dist/', 'node_modules/'] : [],
  };
}

/** What exists nowhere else. */
export function lossesOf(one: WorktreeView): Loss[] {
  const { folder, modified, conflicted, untracked, unpushed, ahead, merged } = one;
  const files = modified + conflicted;
  const losses: Loss[] = [];
  if (files > 0) losses.push({ kind: 'uncommitted', files });
  if (untracked > 0) losses.push({ kind: 'untracked', files: untracked });
  if (unpushed) losses.push({ kind: 'unpushed', commits: unpushed });
  if (!merged && ahead > 0) losses.push({ kind: 'unmerged', commits: ahead });
  if (files > 0) losses.push({ kind: 'ignored', entries: 2, bytes: 412_000_312 });
  if (folder.endsWith('login-redirect')) losses.push({ kind: 'nested', paths: ['vendor/fork'] });
  return losses;
}

export function suggestions(
  items: readonly WorktreeView[],
  archived: readonly ArchivedWorktree[],
): Suggestion[] {
  const ours = items.filter(({ origin, missing }) => origin === 'bosk' && !missing);
  const merged = ours.filter(({ merged: how, modified, untracked }) => how && modified + untracked === 0);
  const built = ours.filter(({ folder }) => !folder.endsWith('pricing-tests') && sizeOf(folder).builds > 0);
  return [
    ...merged.map(({ folder, branch }): Suggestion => ({
      what: { kind: 'merged' },
      place: folder,
      branch,
      bytes: sizeOf(folder).bytes,
    })),
    ...built.map(({ folder, branch }): Suggestion => {
      const { builds, folders } = sizeOf(folder);
      return { what: { kind: 'builds', folders }, place: folder, branch, bytes: builds };
    }),
    ...archived
      .filter(({ at, bytes }) => bytes > 0 && at < Date.now() - 30 * DAY)
      .map(({ id, branch, bytes }): Suggestion => ({ what: { kind: 'old' }, place: id, branch, bytes })),
  ];
}
