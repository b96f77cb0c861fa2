import { further, type Action } from './actions';
import { deedsOfRow } from './features/worktrees/deeds';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';
import { worktreesOf } from './state/worktrees.svelte';

/** What can be done about worktrees, from anywhere. */

/** While they are on screen. */
function here(bosk: Bosk): Action[] {
  if (bosk.page !== 'worktrees') return [];
  const trees = worktreesOf(bosk);
  const again: Action = {
    id: 'worktree-again',
    label: t('panel.refresh'),
    keys: ['r'],
    run: () => void trees.again(),
  };
  if (trees.view !== 'there') return [again];
  return [
    { id: 'worktree-next', label: t('worktrees.next'), keys: ['j'], run: () => trees.step(1) },
    { id: 'worktree-previous', label: t('worktrees.previous'), keys: ['k'], run: () => trees.step(-1) },
    ...(trees.current ? deedsOfRow(bosk, trees.current) : []),
    { id: 'worktree-sizes', label: t('worktrees.sizes'), run: () => void trees.measureAll() },
    again,
  ];
}

function everywhere(bosk: Bosk): Action[] {
  const trees = worktreesOf(bosk);
  const open = () => {
    if (bosk.page === 'worktrees') bosk.goBack();
    else trees.open(bosk.repository, bosk.session?.folder ?? null);
  };
  const done: Action[] = [{ id: 'worktrees', label: t('worktrees.title'), keys: ['w'], run: open }];
  const { undo, said } = bosk;
  if (undo?.words === said)
    done.push({
      id: 'undo',
      label: t('worktrees.undo', { words: said }),
      keys: ['z'],
      run: () => {
        bosk.said = '';
        undo.run();
      },
    });
  return done;
}

// The first picture does without: whoever reads this adds them.
further.here.push(here);
further.everywhere.push(everywhere);
