import { SvelteSet } from 'svelte/reactivity';
import type { SessionId } from '../backend/types';
import type { Bosk } from './bosk.svelte';
import { oneEach } from './window.svelte';

/** Something that can be done with the review on screen. */
export interface Offer {
  id: string;
  label: string;
  run: () => void;
}

/** Which sessions show what they have changed, instead of what was said. Not here: the changes themselves. */
export class Reviews {
  readonly #shown = new SvelteSet<SessionId>();
  /** The file that is to be gone to; the review goes there and sets it back. */
  wanted = $state.raw<{ id: SessionId; path: string } | null>(null);

  /** What can be done with the one that is on screen: set by it. */
  offers: () => Offer[] = () => [];
  /** The session whose review takes the focus once it is on screen. */
  arriving: SessionId | null = null;

  constructor(private readonly bosk: Bosk) {}

  isShown(id: SessionId): boolean {
    return this.#shown.has(id);
  }

  show(id: SessionId, path: string | null = null): void {
    this.#shown.add(id);
    if (path !== null) this.wanted = { id, path };
  }

  hide(id: SessionId): void {
    this.#shown.delete(id);
  }

  /** Shows the other of the two, of the session that is on screen; the focus goes along. */
  toggle(): void {
    const { session } = this.bosk;
    if (!session) return;
    if (this.isShown(session.id)) this.hide(session.id);
    else {
      this.arriving = session.id;
      this.show(session.id);
    }
  }
}

/** Of a window. */
export const reviewsOf = oneEach((bosk) => new Reviews(bosk));
