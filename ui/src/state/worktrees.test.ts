import { describe, expect, it } from 'vitest';
import { mainTree, tree } from '../backend/fake/trees';
import type { Loss } from '../backend/types';
import { canGo, deedsOf, fates, isUnsaved, listed, type Known } from './worktrees';

const at = (name: string, change: Partial<Parameters<typeof tree>[0]> = {}) =>
  tree({ folder: `/w/${name}`, ...change });
const nobody = () => false;

describe('a worktree can go', () => {
  it('when all of it is in its base, or nothing of it is left', () => {
    expect(canGo(at('a', { merged: 'squash', ahead: 3 }), nobody)).toBe(true);
    expect(canGo(at('a', { missing: true }), nobody)).toBe(true);
    expect(canGo(at('a', { ahead: 3 }), nobody)).toBe(false);
  });

  it('not when something of it would be lost, somebody is in it, or it is not known well enough', () => {
    const merged = { merged: 'commits' } as const;
    for (const more of [
      { modified: 1 },
      { untracked: 1 },
      { conflicted: 1 },
      { locked: '' },
      { problem: 'Unreadable.' },
      { origin: 'other' as const },
      { origin: 'main' as const },
    ])
      expect(canGo(at('a', { ...merged, ...more }), nobody), JSON.stringify(more)).toBe(false);
    const used = at('a', { ...merged, sessions: ['one'] });
    expect(canGo(used, (id) => id === 'one')).toBe(false);
    expect(canGo(used, nobody)).toBe(true);
  });
});

describe('work is not saved', () => {
  it('that is not committed, or neither merged nor pushed', () => {
    expect(isUnsaved(at('a', { untracked: 1, merged: 'commits' }))).toBe(true);
    expect(isUnsaved(at('a', { ahead: 2, unpushed: 2 }))).toBe(true);
    expect(isUnsaved(at('a', { ahead: 2, unpushed: 0 }))).toBe(false);
    expect(isUnsaved(at('a', { ahead: 2, unpushed: 2, merged: 'squash' }))).toBe(false);
  });

  it('that is ahead where there is no remote at all', () => {
    expect(isUnsaved(at('a', { ahead: 2, unpushed: null }))).toBe(true);
    expect(isUnsaved(at('a', { ahead: 0, unpushed: null }))).toBe(false);
  });
});

describe('what is offered', () => {
  it('leaves alone what is somebody else’s, until it is adopted', () => {
    expect(deedsOf(mainTree('/w'))).toEqual(['size']);
    expect(deedsOf(at('a', { origin: 'other' }))).toEqual(['adopt', 'size']);
    expect(deedsOf(at('a', { origin: 'adopted' }))).toEqual([
      'size',
      'clean',
      'release',
      'archive',
      'delete',
    ]);
    expect(deedsOf(at('a'))).toEqual(['size', 'clean', 'archive', 'delete']);
  });

  it('does not take what is locked, and only forgets what is gone', () => {
    expect(deedsOf(at('a', { locked: 'on a stick' }))).toEqual(['size', 'clean']);
    expect(deedsOf(at('a', { missing: true }))).toEqual(['delete']);
    expect(deedsOf(at('a', { missing: true, origin: 'other' }))).toEqual([]);
  });
});

describe('the list', () => {
  const items = [
    mainTree('/w'),
    at('login', { sessions: ['s'], committed_at: 20, ahead: 1, unpushed: 1 }),
    at('rates', { merged: 'squash', committed_at: 30, ahead: 3 }),
    at('mails', { modified: 2, committed_at: 10 }),
  ];
  const known: Known = {
    sizes: new Map([['/w/mails', { bytes: 5, builds: 90, folders: [] }]]),
    isAlive: nobody,
    titleOf: (id) => (id === 's' ? 'Fix the redirect' : null),
  };
  const names = (wanted: Partial<Parameters<typeof listed>[1]>) =>
    listed(items, { text: '', show: 'all', order: 'latest', ...wanted }, known).map(({ branch }) => branch);

  it('is in the order that is asked for, with the repository itself first', () => {
    expect(names({})).toEqual(['main', 'rates', 'login', 'mails']);
    expect(names({ order: 'name' })).toEqual(['main', 'login', 'mails', 'rates']);
    expect(names({ order: 'ahead' })).toEqual(['main', 'rates', 'login', 'mails']);
    expect(names({ order: 'unsaved' })).toEqual(['main', 'mails', 'login', 'rates']);
    expect(names({ order: 'size' })).toEqual(['main', 'mails', 'login', 'rates']);
  });

  it('holds those that are asked for', () => {
    expect(names({ show: 'can-go' })).toEqual(['rates']);
    expect(names({ show: 'unsaved' })).toEqual(['login', 'mails']);
    expect(names({ text: ' REDIRECT fix' })).toEqual(['login']);
    expect(names({ text: 'w/ma' })).toEqual(['mails']);
    expect(names({ text: 'redirect mails' })).toEqual([]);
  });
});

describe('what becomes of what exists nowhere else', () => {
  const losses: Loss[] = [
    { kind: 'uncommitted', files: 1 },
    { kind: 'stashed', stashes: 1 },
    { kind: 'unpushed', commits: 1 },
    { kind: 'ignored', entries: 1, bytes: 1 },
  ];
  const kinds = (branch: boolean, snapshot: boolean) => {
    const { now, later, stays } = fates(losses, branch, snapshot);
    return [now, later, stays].map((some) => some.map(({ kind }) => kind));
  };

  it('depends on whether branch and snapshot stay; none of it is left out', () => {
    expect(kinds(false, true)).toEqual([['ignored'], ['uncommitted'], ['stashed', 'unpushed']]);
    expect(kinds(true, true)).toEqual([['stashed', 'ignored'], ['uncommitted', 'unpushed'], []]);
    expect(kinds(true, false)).toEqual([['uncommitted', 'stashed', 'unpushed', 'ignored'], [], []]);
  });
});
