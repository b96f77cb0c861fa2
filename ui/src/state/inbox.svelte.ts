import { SvelteSet } from 'svelte/reactivity';
import type { InboxItem, SessionSummary } from '../backend/types';
import type { Store } from './store.svelte';

/** One that waits, with whose it is. */
export interface Waiting extends InboxItem {
  key: string;
  of: SessionSummary;
}

/** Everything that waits for the person, in any session, and which of it is looked at. */
export class Inbox {
  /** Whether it is on screen. */
  open = $state(false);
  /** What is looked at; none before anything was. */
  #wanted = $state<string | null>(null);
  /** Where it stood, for when it is gone. */
  #place = 0;
  /** Answered here, and maybe not yet gone from the list. */
  readonly #answered = new SvelteSet<string>();

  constructor(readonly store: Store) {}

  /** The oldest first. */
  readonly items = $derived.by(() =>
    this.store.inbox.flatMap((item): Waiting[] => {
      const of = this.store.sessions.get(item.session);
      const key = `${item.session} ${item.ask.request_id}`;
      return of && !this.#answered.has(key) ? [{ ...item, key, of }] : [];
    }),
  );

  readonly chosen = $derived.by(() =>
    this.#wanted === null ? this.items[0] : this.items.find(({ key }) => key === this.#wanted),
  );

  /**
   * What was looked at was withdrawn, or answered elsewhere. The next one does not take its place by itself: a key that
   * was meant for the one must not answer the other.
   */
  readonly gone = $derived(this.items.length > 0 && !this.chosen);

  show(): void {
    for (const key of [...this.#answered])
      if (!this.store.inbox.some(({ session, ask }) => key === `${session} ${ask.request_id}`))
        this.#answered.delete(key);
    this.#choose(0);
    this.open = true;
  }

  /** What is looked at stays so, also where it was not chosen and where others go before it. */
  hold(): void {
    const at = this.items.findIndex((item) => item === this.chosen);
    if (at >= 0) this.#choose(at);
  }

  choose(key: string): void {
    this.#choose(this.items.findIndex((item) => item.key === key));
  }

  step(by: 1 | -1): void {
    const at = this.items.findIndex((item) => item === this.chosen);
    // Where one is gone, the next one stands in its place now.
    const from = at >= 0 ? at : by > 0 ? this.#place - 1 : this.#place;
    this.#choose(Math.min(Math.max(0, from + by), this.items.length - 1));
  }

  /** Answered here: the next one is looked at, or the one before where it was the last. */
  answered(key: string): void {
    const at = this.items.findIndex((item) => item.key === key);
    const isChosen = this.chosen?.key === key;
    this.#answered.add(key);
    if (isChosen) this.#choose(Math.min(at, this.items.length - 1));
  }

  /** It could not be answered, so it waits still. */
  refused(key: string): void {
    this.#answered.delete(key);
  }

  #choose(at: number): void {
    this.#place = Math.max(0, at);
    this.#wanted = this.items[at]?.key ?? null;
  }
}
