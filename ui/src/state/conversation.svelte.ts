import { SvelteMap } from 'svelte/reactivity';
import type {
  Ask,
  Entry,
  Event,
  ModelChoice,
  Offer,
  Page,
  PartialBlock,
  QueuedMessage,
  SessionId,
  SessionView,
  SlashCommand,
} from '../backend/types';
import { grow, type Growing } from './partials';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type FetchPage = (from: number, count: number) => Promise<Page>;

/** Entries fetched at once. */
export const PAGE = 64;
/** Entries kept around what is on screen; the rest is fetched anew when it is scrolled to. */
export const KEPT = 2048;

/** The one session that is being read: the part of its transcript near the screen, and what streams into it. */
export class Conversation {
  readonly id: SessionId;
  total = $state(0);
  readonly entries = new SvelteMap<number, Entry>();
  readonly growing = new SvelteMap<number, Growing>();
  asks = $state.raw<Ask[]>([]);
  queue = $state.raw<QueuedMessage[]>([]);
  commands = $state.raw<SlashCommand[]>([]);
  models = $state.raw<ModelChoice[]>([]);
  /** What the person has opened or closed: kept here, since rows come and go while scrolling. */
  readonly opened = new SvelteMap<string, boolean>();
  /** Grows with every change of an entry. */
  changes = $state(0);
  /** The entry that is to be gone to; the transcript goes there and sets it back. */
  wanted = $state<number | null>(null);
  /** What is to be put into the composer; that takes it, and sets it back. */
  proposed = $state<string | null>(null);

  #fetch: FetchPage;
  /** Pages that are on their way, and whether something in them has changed since they were asked for. */
  #asked = new Map<number, boolean>();

  constructor(view: SessionView, fetch: FetchPage) {
    this.id = view.summary.id;
    this.#fetch = fetch;
    this.replace(view);
  }

  /** Takes a fresh view of the same session, as after a gap. */
  replace(view: SessionView): void {
    this.entries.clear();
    this.growing.clear();
    for (const from of this.#asked.keys()) this.#asked.set(from, true);
    this.total = view.total;
    for (const entry of view.entries) this.entries.set(entry.index, entry);
    this.#take(view.partials);
    this.asks = view.asks;
    this.queue = view.queue;
    this.applyOffer(view.offer);
  }

  applyOffer(offer: Offer): void {
    this.commands = offer.commands;
    this.models = offer.models;
  }

  applyEntries(event: Of<'entries'>): void {
    this.changes += 1;
    this.total = Math.max(this.total, event.total);
    for (const entry of event.entries) this.entries.set(entry.index, entry);
    for (const index of event.outdated) {
      this.entries.delete(index);
      const from = Math.floor(index / PAGE) * PAGE;
      if (this.#asked.has(from)) this.#asked.set(from, true);
    }
    if (this.entries.size > KEPT * 2) this.#forgetFar(this.total - 1);
  }

  applyPartials(event: Of<'partials'>): void {
    this.#take(event.partials);
    for (const block of event.done) this.growing.delete(block);
  }

  applyWaiting(event: Of<'waiting'>): void {
    this.asks = event.asks;
    this.queue = event.queue;
  }

  /** Makes sure that the entry is here soon. Called by each row that has nothing to show. */
  need(index: number): void {
    if (index < 0 || index >= this.total || this.entries.has(index)) return;
    const from = Math.floor(index / PAGE) * PAGE;
    if (!this.#asked.has(from)) void this.#ask(from, index);
  }

  async #ask(from: number, index: number): Promise<void> {
    this.#asked.set(from, false);
    await this.#fetch(from, PAGE)
      .then((page) => {
        if (this.#asked.get(from)) return this.#ask(from, index);
        for (const entry of page.entries) {
          // What came over the channel meanwhile is newer than the page.
          if (!this.entries.has(entry.index)) this.entries.set(entry.index, entry);
        }
        this.#forgetFar(index);
      })
      .catch(() => undefined)
      .finally(() => this.#asked.delete(from));
  }

  #take(partials: PartialBlock[]): void {
    for (const piece of partials) {
      this.growing.set(piece.block, grow(this.growing.get(piece.block), piece));
    }
  }

  #forgetFar(index: number): void {
    if (this.entries.size <= KEPT) return;
    for (const kept of [...this.entries.keys()]) {
      if (Math.abs(kept - index) > KEPT / 2) this.entries.delete(kept);
    }
  }
}
