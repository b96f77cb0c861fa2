import type { Backend } from '../backend';
import type { Priority, QueuedTask, SessionId } from '../backend/types';
import { asProblem } from './connection';
import { dropped, equals, holdable, holdOf, placed, releasable, stepped } from './queue';
import type { Store } from './store.svelte';

/** What a person does to tasks that wait. */
export class Queue {
  /** Where the task stands that was moved last: read out, since nothing else says it. */
  moved = $state.raw<{ task: QueuedTask; place: number; of: number } | null>(null);
  busy = $state(false);

  constructor(
    readonly store: Store,
    readonly backend: Backend,
    private readonly attempt: <T>(work: Promise<T>) => Promise<T | undefined>,
  ) {}

  get tasks(): readonly QueuedTask[] {
    return this.store.waiting;
  }

  /** Holds a task, or releases it. */
  async toggle(task: QueuedTask): Promise<void> {
    const { id } = task;
    await this.attempt(holdOf(task) ? this.backend.queueRelease(id) : this.backend.queueHold(id));
  }

  async step(task: QueuedTask, by: 1 | -1): Promise<void> {
    await this.#move(task, stepped(this.tasks, task, by));
  }

  /** Puts a task before all that are as urgent. */
  async toTop(task: QueuedTask): Promise<void> {
    const [first] = equals(this.tasks, task);
    if (first && first.id !== task.id) await this.#move(task, first.id);
  }

  async drop(task: QueuedTask, onto: SessionId, below: boolean): Promise<void> {
    await this.#move(task, dropped(this.tasks, task, onto, below));
  }

  async prioritise({ id }: QueuedTask, priority: Priority): Promise<void> {
    await this.attempt(this.backend.queuePrioritise(id, priority));
  }

  async holdAll(): Promise<void> {
    await this.#each(holdable(this.tasks), (id) => this.backend.queueHold(id));
  }

  async releaseAll(): Promise<void> {
    await this.#each(releasable(this.tasks), (id) => this.backend.queueRelease(id));
  }

  /** The account's usage limit holds the queue no more. */
  async goOnAnyway(): Promise<void> {
    const settings = { ...this.store.settings, wait_for_usage_limit: false };
    await this.attempt(this.backend.saveSettings(settings));
  }

  /** Shown at once, so that the next step begins where this one led. */
  async #move(task: QueuedTask, before: SessionId | null | undefined): Promise<void> {
    if (before === undefined) return;
    const was = this.store.queue;
    const moved = placed(was, task.id, before);
    this.store.queue = moved;
    const peers = equals(this.tasks, task);
    const place = peers.findIndex(({ id }) => id === task.id) + 1;
    try {
      await this.backend.queueMove(task.id, before);
      this.moved = { task, place, of: peers.length };
    } catch (error) {
      if (this.store.queue === moved) this.store.queue = was;
      this.store.addProblem(asProblem(error));
    }
  }

  /** One after the other. What has begun meanwhile is passed over: that is no failure. */
  async #each(tasks: readonly QueuedTask[], work: (id: SessionId) => Promise<void>): Promise<void> {
    this.busy = true;
    for (const { id } of tasks) {
      try {
        await work(id);
      } catch (error) {
        const problem = asProblem(error);
        if (problem.code === 'session_state' || problem.code === 'session_unknown') continue;
        this.store.addProblem(problem);
        break;
      }
    }
    this.busy = false;
  }
}
