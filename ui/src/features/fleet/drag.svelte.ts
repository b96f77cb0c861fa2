import type { QueuedTask, SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { dropped } from '../../state/queue';

/** A task on its way to another place, by the pointer. The keys do the same: actions.ts. */
export class Drag {
  #task: QueuedTask | null = null;
  /** Where it would be put. */
  over = $state.raw<{ id: SessionId; below: boolean } | null>(null);

  constructor(private readonly bosk: Bosk) {}

  begin(task: QueuedTask, event: DragEvent): void {
    this.#task = task;
    // Some web views drag nothing that carries nothing.
    event.dataTransfer?.setData('text/plain', task.spec.prompt);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  /** Above a row: whether it may be let go there shows by the line, and by the pointer. */
  move(onto: SessionId, event: DragEvent): void {
    if (!this.#task) return;
    this.bosk.fleet.hold();
    const below = isBelow(event);
    const place = dropped(this.bosk.queue.tasks, this.#task, onto, below);
    this.over = place === undefined ? null : { id: onto, below };
    if (place !== undefined) event.preventDefault();
  }

  leave(onto: SessionId): void {
    if (this.over?.id === onto) this.over = null;
  }

  drop(onto: SessionId, event: DragEvent): void {
    const task = this.#task;
    event.preventDefault();
    this.end();
    if (task) void this.bosk.queue.drop(task, onto, isBelow(event));
  }

  end(): void {
    this.#task = null;
    this.over = null;
  }
}

/** Whether the pointer is in the lower half of a row. */
function isBelow({ currentTarget, clientY }: DragEvent): boolean {
  if (!(currentTarget instanceof Element)) return false;
  const { top, height } = currentTarget.getBoundingClientRect();
  return clientY > top + height / 2;
}
