import type { Addition, Priority, SessionId } from '../../backend/types';

/** When the turn of what is added to the queue comes. */
export class Turn {
  priority = $state<Priority>('normal');
  /** The task that has to be done before. */
  after = $state<SessionId | ''>('');
  /** Whether the work goes on from that one's. */
  builds = $state(false);

  take({ priority, after, builds_on }: Addition): void {
    this.priority = priority;
    this.after = after[0] ?? '';
    this.builds = builds_on !== null;
  }

  /** The same as the backend is told it. */
  get wanted(): Pick<Addition, 'priority' | 'after' | 'builds_on'> {
    const { priority, after, builds } = this;
    return { priority, after: after ? [after] : [], builds_on: after && builds ? after : null };
  }
}
