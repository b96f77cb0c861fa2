import { further, type Action } from './actions';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';
import { equals, holdable, holdOf, priorities, releasable } from './state/queue';

/** What can be done to tasks that wait, from anywhere. */

/** All of them at once; each only where it would do something. */
function queueActions(bosk: Bosk): Action[] {
  const { queue } = bosk;
  const done: Action[] = [];
  if (holdable(queue.tasks).length > 0)
    done.push({ id: 'hold-all', label: t('queue.holdAll'), run: () => void queue.holdAll() });
  if (releasable(queue.tasks).length > 0)
    done.push({ id: 'release-all', label: t('queue.releaseAll'), run: () => void queue.releaseAll() });
  if (bosk.store.queue.some(({ after }) => after.length > 0))
    done.push({ id: 'dependencies', label: t('queue.graph'), run: () => (bosk.sheet = 'dependencies') });
  return done;
}

/** The one that is on screen. */
function taskActions(bosk: Bosk): Action[] {
  const { task, queue } = bosk;
  if (task?.stage !== 'waiting') return [];
  const peers = equals(queue.tasks, task).map(({ id }) => id);
  const at = peers.indexOf(task.id);
  const done: Action[] = [
    {
      id: 'queue-hold',
      label: holdOf(task) ? t('queue.release') : t('queue.hold'),
      keys: ['h'],
      run: () => void queue.toggle(task),
    },
  ];
  if (at > 0)
    done.push(
      { id: 'queue-up', label: t('queue.up'), keys: ['Alt', '↑'], run: () => void queue.step(task, -1) },
      { id: 'queue-top', label: t('queue.top'), run: () => void queue.toTop(task) },
    );
  if (at < peers.length - 1)
    done.push({
      id: 'queue-down',
      label: t('queue.down'),
      keys: ['Alt', '↓'],
      run: () => void queue.step(task, 1),
    });
  for (const priority of priorities)
    if (priority !== task.priority)
      done.push({
        id: `queue-${priority}`,
        label: t(`queue.prioritise.${priority}`),
        run: () => void queue.prioritise(task, priority),
      });
  done.push({
    id: 'queue-cancel',
    label: t('queue.cancel'),
    keys: ['Delete'],
    danger: true,
    run: () => (bosk.sheet = 'cancel-task'),
  });
  return done;
}

// The first picture does without: whoever reads this adds them.
further.everywhere.push(queueActions);
further.here.push(taskActions);
