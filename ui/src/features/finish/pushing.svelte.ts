import { SvelteMap } from 'svelte/reactivity';
import type { Problem, PushRequest, RemoteHas, SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { asProblem } from '../../state/connection';
import { oneEach } from '../../state/window.svelte';

/** What a remote has after a push that was cancelled: null while it is asked, or its problem where it does not say. */
export type Left = { has: RemoteHas | null } | { problem: Problem };

/** The pushes of a window's sessions: each outlives the sheet that it was begun in, so that it can be cancelled in the next. */
export class Pushing {
  readonly running = new SvelteMap<SessionId, PushRequest>();
  readonly cancelling = new SvelteMap<SessionId, true>();
  /** Those that were cancelled, and what is known of the remote since. */
  readonly left = new SvelteMap<SessionId, { request: PushRequest; is: Left }>();

  constructor(private readonly bosk: Bosk) {}

  /** Whether it was pushed: not where it was cancelled. Then the remote is asked. */
  async push(id: SessionId, request: PushRequest): Promise<boolean> {
    this.left.delete(id);
    this.running.set(id, request);
    try {
      const pushed = await this.bosk.backend.push(id, request);
      if (!pushed) void this.#ask(id, request);
      return pushed;
    } finally {
      this.running.delete(id);
      this.cancelling.delete(id);
    }
  }

  async cancel(id: SessionId): Promise<void> {
    this.cancelling.set(id, true);
    const done = await this.bosk.attempt(this.bosk.backend.cancelPush(id).then(() => true));
    if (!done) this.cancelling.delete(id);
  }

  async lookAgain(id: SessionId): Promise<void> {
    const left = this.left.get(id);
    if (left) await this.#ask(id, left.request);
  }

  async #ask(id: SessionId, request: PushRequest): Promise<void> {
    const tell = (is: Left) => this.left.set(id, { request, is });
    tell({ has: null });
    try {
      const has = await this.bosk.backend.remoteHas(id, request);
      if (this.left.get(id)?.request === request) tell({ has });
    } catch (error) {
      if (this.left.get(id)?.request === request) tell({ problem: asProblem(error) });
    }
  }
}

/** Of a window. */
export const pushingOf = oneEach((bosk) => new Pushing(bosk));
