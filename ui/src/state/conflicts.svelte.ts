import type { Conflicts as Standing, Operation, SessionId } from '../backend/types';
import type { Bosk } from './bosk.svelte';
import { oneEach } from './window.svelte';

const none: Standing = { operation: null, files: [], resolved: [] };

/** What stands half-way in the folder of the session on screen: a merge or a rebase that met conflicts. */
export class Conflicts {
  #of = $state<SessionId | null>(null);
  #now = $state.raw<Standing>(none);

  constructor(private readonly bosk: Bosk) {}

  /** Of the session that is on screen. */
  get now(): Standing {
    return this.#of !== null && this.#of === this.bosk.selected ? this.#now : none;
  }

  get standing(): Operation | null {
    return this.now.operation;
  }

  /** Looks anew. A folder that cannot be read has nothing to tell: whoever opens the view is told why. */
  async look(id: SessionId): Promise<void> {
    const now = await this.bosk.backend.conflicts(id).catch(() => none);
    this.take(id, now);
  }

  take(id: SessionId, now: Standing): void {
    if (id !== this.bosk.selected) return;
    this.#of = id;
    this.#now = now;
  }
}

/** Of a window. */
export const conflictsOf = oneEach((bosk) => new Conflicts(bosk));
