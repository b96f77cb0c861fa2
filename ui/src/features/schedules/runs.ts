import type { SessionId } from '../../backend/types';
import { plural, t } from '../../i18n/index.svelte';
import { number } from '../../shared/format';
import { glances } from '../../state/groups';
import type { Store } from '../../state/store.svelte';

/** What the tasks of a run came to, as far as they are there still. */
export function cameTo(tasks: readonly SessionId[], store: Store): string {
  const states = tasks.flatMap((id) => {
    const session = store.sessions.get(id);
    if (session) return [session.glance];
    return store.queue.some((task) => task.id === id) ? ['queued' as const] : [];
  });
  const counted = glances.flatMap((glance) => {
    const count = states.filter((one) => one === glance).length;
    return count > 0 ? [t('schedule.state', { state: t(`state.${glance}`), count: number(count) })] : [];
  });
  const added = plural('schedule.added', tasks.length, number(tasks.length));
  return counted.length > 0 ? `${added} (${counted.join(', ')})` : added;
}
