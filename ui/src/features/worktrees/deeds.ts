import type { Action } from '../../actions';
import type { WorktreeView } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import type { Bosk } from '../../state/bosk.svelte';
import { deedsOf, type WorktreeDeed } from '../../state/worktrees';
import { worktreesOf, type WorktreesState } from '../../state/worktrees.svelte';

const keys: Partial<Record<WorktreeDeed, string>> = { archive: 'e', delete: 'Delete', adopt: 'a', size: 's' };

const run: Record<WorktreeDeed, (trees: WorktreesState, repository: string, worktree: WorktreeView) => void> =
  {
    adopt: (trees, repository, { folder }) => void trees.adopt(repository, folder),
    release: (trees, repository, { folder }) => void trees.release(repository, folder),
    size: (trees, _, { folder }) => void trees.measure(folder),
    clean: (trees, repository, worktree) => void trees.askToClean(repository, worktree),
    archive: (trees, repository, worktree) => trees.ask({ about: 'archive', repository, worktree }),
    delete: (trees, repository, worktree) => trees.ask({ about: 'delete', repository, worktree }),
  };

/** What can be done to one: listed in its menu, and for the chosen one in the palette. */
export function deedsOfRow(bosk: Bosk, worktree: WorktreeView): Action[] {
  const trees = worktreesOf(bosk);
  const { repository } = trees;
  const sessions = worktree.sessions.flatMap((id) => bosk.store.sessions.get(id) ?? []);
  const done: Action[] = sessions.map(({ id, title }) => ({
    id: `worktree-open-${id}`,
    label: t('worktrees.openNamed', { title }),
    run: () => bosk.enter(id),
  }));
  if (!worktree.missing && worktree.origin !== 'other')
    done.push({
      id: 'worktree-launch',
      label: t('worktrees.launch'),
      keys: ['l'],
      run: () => trees.launchAt({ worktree, branch: null }),
    });
  for (const session of sessions)
    done.push({
      id: `worktree-hand-over-${session.id}`,
      label: t(session.worktree ? 'worktrees.toRepository' : 'worktrees.toWorktree', {
        title: session.title,
      }),
      run: () => trees.ask({ about: 'hand-over', session }),
    });
  for (const deed of deedsOf(worktree)) {
    const key = keys[deed];
    done.push({
      id: `worktree-${deed}`,
      label: t(`worktrees.${deed}`),
      ...(key ? { keys: [key] } : {}),
      danger: deed === 'delete',
      run: () => run[deed](trees, repository, worktree),
    });
  }
  return done;
}
