import type { Glance, QueuedTask, SessionId } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { nameOf, waitWords } from '../../shared/queue';
import { holdOf } from '../../state/queue';
import type { Store } from '../../state/store.svelte';
import type { Node } from './layout';

/** A task, or what one waits for, as it is drawn. */
export interface Item extends Node {
  title: string;
  glance: Glance;
  /** It does not go on by itself. */
  mark: 'held' | 'failed' | null;
  /** What it waits for, or how it stands. */
  words: string;
  batch: string | null;
  /** The one of those before it that it builds on. */
  builds_on: SessionId | null;
  /** It is no longer there: nothing leads to it. */
  gone: boolean;
}

function of(task: QueuedTask, store: Store, now: number): Item {
  const { id, after, batch, builds_on } = task;
  const glance = store.sessions.get(id)?.glance ?? 'queued';
  const held = holdOf(task) !== null;
  return {
    id,
    after,
    title: nameOf(store, id) ?? '',
    glance,
    mark: held ? 'held' : glance === 'failed' ? 'failed' : null,
    words: waitWords(task, store, now),
    batch,
    builds_on,
    gone: false,
  };
}

/** All tasks of the queue, and what they wait for that is not in it any more. */
export function items(store: Store, now: number): Item[] {
  const known = new Set(store.queue.map(({ id }) => id));
  const others = new Set(store.queue.flatMap(({ after }) => after).filter((id) => !known.has(id)));
  return [
    ...[...others].map((id): Item => {
      const session = store.sessions.get(id);
      const glance = session?.glance ?? 'stopped';
      return {
        id,
        after: [],
        title: session?.title ?? t('queue.gone'),
        glance,
        mark: glance === 'failed' ? 'failed' : null,
        words: t(`state.${glance}`),
        batch: null,
        builds_on: null,
        gone: !session,
      };
    }),
    ...store.queue.map((task) => of(task, store, now)),
  ];
}
