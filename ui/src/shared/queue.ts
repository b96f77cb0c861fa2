import type { Hold, QueuedTask, SessionId, Wait } from '../backend/types';
import { t } from '../i18n/index.svelte';
import { titleOf } from '../state/queue';
import type { Store } from '../state/store.svelte';
import { cost, duration, number, size, time } from './format';

/** What tasks wait for, in words. */

/** What a task or the session that it has become is called; none where neither is known. */
export function nameOf(store: Store, id: SessionId): string | null {
  const session = store.sessions.get(id);
  if (session) return session.title;
  const task = store.queue.find((one) => one.id === id);
  return task ? titleOf(task) : null;
}

export function holdWords(hold: Hold): string {
  return t(`queue.hold.${hold.why}`);
}

/** Within a day the time says enough: milliseconds. */
const SOON = 20 * 3_600_000;

/** A time to come; with its date only where that is not near. */
export function when(at: number, now: number): string {
  return time(at, at - now < SOON ? at : now);
}

/** The time until then; `fine` for one that is watched. */
export function left(at: number, now: number, fine = false): string {
  return duration(at - now, fine);
}

/** What a task waits for, or where it is. */
export function waitWords(task: QueuedTask, store: Store, now: number): string {
  if (task.stage === 'starting' || task.stage === 'running' || task.stage === 'ended')
    return t(`queue.stage.${task.stage}`);
  if (task.wait) return words(task.wait, task, store, now);
  if (task.stage === 'retrying') return retry(task.at, now);
  return task.hold ? holdWords(task.hold) : t('queue.wait.turn');
}

function words(wait: Wait, task: QueuedTask, store: Store, now: number): string {
  switch (wait.for) {
    case 'nothing':
      return t('queue.wait.nothing');
    case 'turn':
      return t('queue.wait.turn');
    case 'release':
      return holdWords(wait.hold);
    case 'tasks': {
      const names = wait.ids.map((id) => nameOf(store, id) ?? t('queue.gone'));
      return t('queue.wait.tasks', { names: names.join(', ') });
    }
    case 'usage_limit': {
      const { resets_at } = wait;
      if (resets_at <= now) return t('queue.wait.usageOver');
      return t('queue.wait.usage', { time: when(resets_at, now), left: left(resets_at, now) });
    }
    case 'day':
      return t('queue.wait.day', { cap: cost(wait.cap), time: when(wait.until, now) });
    case 'retry':
      return retry(wait.at, now);
    case 'running':
      return t('queue.wait.running', { count: number(wait.cap) });
    case 'repository':
      return t('queue.wait.repository', { count: number(wait.cap), name: task.repository });
    case 'memory':
      return t('queue.wait.memory', { needs: size(wait.needs), free: size(wait.free) });
  }
}

function retry(at: number, now: number): string {
  return at > now ? t('queue.wait.retry', { left: left(at, now) }) : t('queue.wait.retryNow');
}
