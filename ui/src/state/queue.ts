import type { Hold, Priority, QueuedTask, SessionId, SessionSummary } from '../backend/types';

/** Tasks that wait, and their order. */

export const priorities: readonly Priority[] = ['high', 'normal', 'low'];

/** The first line of its prompt, as its session will be called. */
export function titleOf({ spec }: QueuedTask): string {
  return spec.prompt.trim().split('\n', 1)[0] ?? '';
}

/** A task that waits to be tried again has a session already; every other that has one is shown as that. */
function isListed(task: QueuedTask, sessions: ReadonlyMap<SessionId, SessionSummary>): boolean {
  return task.stage === 'retrying' || (task.stage === 'waiting' && !sessions.has(task.id));
}

/** Tasks that wait, in the order of their turns: the most urgent first, then by their places. */
export function waiting(
  queue: readonly QueuedTask[],
  sessions: ReadonlyMap<SessionId, SessionSummary>,
): QueuedTask[] {
  const urgency = ({ priority }: QueuedTask) => priorities.indexOf(priority);
  return queue.filter((task) => isListed(task, sessions)).sort((a, b) => urgency(a) - urgency(b));
}

/** Those among which a task has its place: a place does not go before what is more urgent. */
export function equals(tasks: readonly QueuedTask[], { priority }: QueuedTask): QueuedTask[] {
  return tasks.filter((task) => task.priority === priority);
}

/** Before which task (none: at the end) one stands after a step; undefined where there is nowhere to go. */
export function stepped(
  tasks: readonly QueuedTask[],
  task: QueuedTask,
  by: 1 | -1,
): SessionId | null | undefined {
  const ids = equals(tasks, task).map(({ id }) => id);
  const at = ids.indexOf(task.id);
  if (at < 0 || at + by < 0 || at + by >= ids.length) return undefined;
  return ids[by > 0 ? at + 2 : at - 1] ?? null;
}

/** The same for one that is let go on another's upper half, or its lower one; undefined where nothing would change. */
export function dropped(
  tasks: readonly QueuedTask[],
  task: QueuedTask,
  onto: SessionId,
  below: boolean,
): SessionId | null | undefined {
  const ids = equals(tasks, task).map(({ id }) => id);
  const others = ids.filter((id) => id !== task.id);
  const at = others.indexOf(onto);
  if (at < 0) return undefined;
  const before = others[below ? at + 1 : at] ?? null;
  const follows = ids[ids.indexOf(task.id) + 1] ?? null;
  return before === follows ? undefined : before;
}

/** The queue with a task put before another, or at its end. */
export function placed(queue: readonly QueuedTask[], id: SessionId, before: SessionId | null): QueuedTask[] {
  const others = queue.filter((task) => task.id !== id);
  const at = before === null ? others.length : others.findIndex((task) => task.id === before);
  return [...others.slice(0, at), ...queue.filter((task) => task.id === id), ...others.slice(at)];
}

/** Why its turn does not come until it is released, if that is so. */
export function holdOf(task: QueuedTask): Hold | null {
  return task.stage === 'waiting' ? task.hold : null;
}

/** Those that holding all would hold. */
export function holdable(tasks: readonly QueuedTask[]): QueuedTask[] {
  return tasks.filter((task) => task.stage === 'waiting' && !task.hold);
}

/**
 * Those that releasing all would release, of a batch only one: the others are released with it. Who waits for what
 * was not done stays: released, it would do without that, and this is decided for each.
 */
export function releasable(tasks: readonly QueuedTask[]): QueuedTask[] {
  const batches = new Set<string>();
  return tasks.filter((task) => {
    const hold = holdOf(task);
    if (!hold || hold.why === 'before') return false;
    if (hold.why !== 'batch' && hold.why !== 'budget') return true;
    const together = [hold.why, task.batch, hold.why === 'budget' ? task.added_at : ''].join('\n');
    const isFirst = !batches.has(together);
    batches.add(together);
    return isFirst;
  });
}

/** When the account's usage limit lets the queue go on: milliseconds since 1970; none where it does not hold it. */
export function usedUpUntil(tasks: readonly QueuedTask[]): number | null {
  const times = tasks.flatMap(({ wait }) => (wait?.for === 'usage_limit' ? [wait.resets_at] : []));
  return times.length > 0 ? Math.max(...times) : null;
}
