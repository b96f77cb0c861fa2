import type { Backend } from '../backend';
import type { Batch, Event, Problem, SessionId, Snapshot } from '../backend/types';
import { Conversation } from './conversation.svelte';
import type { Store } from './store.svelte';

declare global {
  interface Window {
    /** Set by whoever measures latency: called once what a batch brought has been painted. */
    __bosk_painted?: (seq: number, text: string) => void;
  }
}

/** How long a frame is waited for before a batch counts as shown: milliseconds. */
const LONGEST_FRAME = 200;

/** A rejected call as a `Problem`, whatever it was. */
export function asProblem(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return error as Problem;
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), hint: null };
}

/** The session that an event is about, if it is about one. */
function sessionOf(event: Event): SessionId | undefined {
  if (event.type === 'session') return event.summary.id;
  return 'id' in event ? event.id : undefined;
}

/** Keeps the store true: subscribes, applies batches in order, acknowledges each, starts anew after a gap. */
export class Connection {
  #seq = 0;
  /** Which subscription is meant: what an older one still delivers is passed over. */
  #generation = 0;
  #watching: SessionId | null = null;
  /** What comes for a session between asking for its view and getting it. */
  #meanwhile: Event[] | null = null;
  /** Sessions that are being left: the backend has not said yet that it knows. */
  readonly #leaving = new Map<SessionId, Promise<void>>();

  constructor(
    readonly backend: Backend,
    readonly store: Store,
  ) {}

  /** Goes on from a snapshot, or asks for one. */
  async subscribe(first: Snapshot | null = null): Promise<void> {
    const generation = ++this.#generation;
    const isOver = () => generation !== this.#generation;
    try {
      const snapshot = first ?? (await this.backend.snapshot(this.store.ready));
      if (isOver()) return;
      this.store.takeSnapshot(snapshot);
      this.#seq = snapshot.seq;
      const goesOn = await this.backend.listen(snapshot.seq, (batch) => {
        if (!isOver()) this.#receive(batch);
      });
      if (!goesOn && !isOver()) return await this.subscribe();
    } catch (error) {
      this.store.addProblem(asProblem(error));
    }
    // Last: a long transcript takes a while to read, and holds up nothing else.
    if (!isOver() && this.#watching) await this.watch(this.#watching);
  }

  /** Puts a session on screen, or none. */
  async watch(id: SessionId | null): Promise<void> {
    const before = this.#watching;
    this.#watching = id;
    if (before && before !== id) this.#leave(before);
    const meanwhile: Event[] = [];
    this.#meanwhile = id ? meanwhile : null;
    if (!id) {
      this.store.conversation = null;
      return;
    }
    // Who comes back while the view is on its way asks anew: then this one's answer means nothing any more.
    const isOver = () => this.#meanwhile !== meanwhile;
    try {
      // The backend takes several calls at once: this one must not be overtaken by the leaving before it.
      await this.#leaving.get(id);
      if (isOver()) return;
      const view = await this.backend.watch(id);
      if (isOver()) {
        if (this.#watching !== id) this.#leave(id);
        return;
      }
      this.store.takeSession(view.summary);
      if (this.store.conversation?.id === id) this.store.conversation.replace(view);
      else {
        this.store.conversation = new Conversation(view, (from, count) =>
          this.backend.transcriptPage(id, from, count),
        );
      }
      // An answer and the batches take different ways: what has come already may well be newer than the view.
      for (const event of meanwhile) this.store.apply(event);
    } catch (error) {
      if (isOver()) return;
      this.#watching = null;
      this.store.conversation = null;
      this.store.addProblem(asProblem(error));
    } finally {
      if (!isOver()) this.#meanwhile = null;
    }
  }

  #leave(id: SessionId): void {
    const left = this.backend
      .unwatch(id)
      .catch(() => undefined)
      .then(() => {
        if (this.#leaving.get(id) === left) this.#leaving.delete(id);
      });
    this.#leaving.set(id, left);
  }

  #receive(batch: Batch): void {
    if (batch.seq <= this.#seq) {
      this.#acknowledge(batch.seq);
      return;
    }
    if (batch.after > this.#seq) {
      void this.subscribe();
      return;
    }
    for (const event of batch.events) {
      if (sessionOf(event) === this.#watching) this.#meanwhile?.push(event);
      this.store.apply(event);
    }
    this.#seq = batch.seq;
    this.#acknowledge(batch.seq);
    if (window.__bosk_painted) this.#tellPainted(batch);
  }

  /** After the frame is scheduled, so that a slow window slows the backend down; a hidden one has no frames. */
  #acknowledge(seq: number): void {
    const acknowledge = () => {
      this.backend.acknowledge(seq).catch(() => undefined);
    };
    if (document.hidden) {
      acknowledge();
      return;
    }
    // A window that is covered may get no frames, and is not told that it is hidden.
    let frame = 0;
    const late = setTimeout(() => {
      cancelAnimationFrame(frame);
      acknowledge();
    }, LONGEST_FRAME);
    frame = requestAnimationFrame(() => {
      clearTimeout(late);
      acknowledge();
    });
  }

  #tellPainted(batch: Batch): void {
    let text = '';
    for (const event of batch.events) {
      if (event.type === 'partials') text = event.partials.at(-1)?.text ?? text;
      if (event.type === 'entries') {
        const last = event.entries.at(-1);
        if (last && 'text' in last) text = last.text ?? text;
      }
    }
    requestAnimationFrame(() => requestAnimationFrame(() => window.__bosk_painted?.(batch.seq, text)));
  }
}
