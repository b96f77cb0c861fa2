import type {
  Ask,
  Batch,
  Entry,
  Event,
  ForeignSession,
  InboxItem,
  PartialBlock,
  Problem,
  QueuedMessage,
  SessionId,
  SessionSummary,
} from '../types';
import { ask, sceneOf } from './asks';
import { checkEntry, conversation } from './entries';
import { elsewhere } from './foreign';
import { fleet } from './scenes';
import { troubles } from './troubles';

export interface Session {
  summary: SessionSummary;
  entries: Entry[];
  asks: Ask[];
  queue: QueuedMessage[];
  partials: Map<number, PartialBlock>;
}

export const no = (code: Problem['code'], message: string, hint: string | null = null): Problem => ({
  code,
  message,
  hint,
});

/** Made-up sessions, and the numbered batches that tell of their changes. */
export class World {
  readonly sessions = new Map<SessionId, Session>();
  foreign: ForeignSession[];
  protected seq = 0;
  protected out: (batch: Batch) => void = () => undefined;
  #block = 0;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(readonly scene: string) {
    const now = Date.now();
    for (const one of fleet(scene, now)) this.add(one);
    this.foreign = elsewhere(scene, now);
  }

  protected add(one: SessionSummary, entries?: Entry[]): Session {
    const start = one.created_at;
    const made =
      entries ??
      (this.scene === 'trouble'
        ? troubles(start)
        : one.glance === 'queued'
          ? []
          : conversation(start, one.title));
    if (one.check && !entries) made.push(checkEntry(one.check, made.length));
    const asks = one.asks > 0 ? [ask(sceneOf(this.scene, this.sessions.size), one.last_event_at)] : [];
    const queue =
      this.scene === 'queue'
        ? [{ uuid: 'queued-1', text: 'Then update the changelog too', images: 0, sent: false }]
        : [];
    const session = { summary: one, entries: made, asks, queue, partials: new Map() };
    this.sessions.set(one.id, session);
    return session;
  }

  protected session(id: SessionId): Session {
    const session = this.sessions.get(id);
    if (!session) throw no('session_unknown', 'No session has that id.');
    return session;
  }

  emit(...events: Event[]): void {
    const after = this.seq;
    this.seq += events.length;
    this.out({ seq: this.seq, after, events });
  }

  update(id: SessionId, change: Record<string, unknown>): void {
    const session = this.session(id);
    session.summary = { ...session.summary, ...change, last_event_at: Date.now() } as SessionSummary;
    this.emit({ type: 'session', summary: session.summary });
  }

  append(id: SessionId, body: Record<string, unknown>): void {
    const session = this.session(id);
    const entry = { parent: null, ...body, index: session.entries.length, at: Date.now() } as Entry;
    session.entries.push(entry);
    this.emit({ type: 'entries', id, total: session.entries.length, entries: [entry], outdated: [] });
  }

  /** Streams words as the real backend does: in pieces, then the entry in their place. */
  stream(id: SessionId, text: string, every = 30): void {
    const block = ++this.#block;
    const pieces = text.match(/[^]{1,7}/gu) ?? [];
    let from = 0;
    const tick = () => {
      // What is frozen says nothing.
      if (this.session(id).summary.paused) {
        this.timer(tick, 200);
        return;
      }
      const piece = pieces.shift();
      if (piece === undefined) {
        const { entries, partials } = this.session(id);
        const entry: Entry = { kind: 'text', text, parent: null, index: entries.length, at: Date.now() };
        entries.push(entry);
        partials.delete(block);
        this.emit(
          { type: 'entries', id, total: entries.length, entries: [entry], outdated: [] },
          { type: 'partials', id, partials: [], done: [block] },
        );
        this.update(id, { turn: 'idle', glance: 'done', doing: null, turn_started_at: null });
        return;
      }
      const partial: PartialBlock = { block, parent: null, part: { kind: 'text' }, from, text: piece };
      this.session(id).partials.set(block, {
        ...partial,
        from: 0,
        text: text.slice(0, text.length - pieces.join('').length),
      });
      from += new TextEncoder().encode(piece).length;
      this.emit({ type: 'partials', id, partials: [partial], done: [] });
      this.timer(tick, every);
    };
    tick();
  }

  /** Nothing more is told from here on: what streams stops. */
  end(): void {
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
    this.out = () => undefined;
  }

  /** Does something later, unless nothing more is told by then. Returns what calls it off. */
  protected timer(tick: () => void, after: number): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      tick();
    }, after);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** What waits for the person in any session, the oldest first. */
  get inbox(): InboxItem[] {
    return [...this.sessions]
      .flatMap(([session, { asks }]) => asks.map((one) => ({ session, ask: one })))
      .sort((a, b) => a.ask.at - b.ask.at);
  }

  /** A session asks for these from now on: what it asked for before and is not here is withdrawn. */
  asks(id: SessionId, asks: Ask[]): void {
    this.session(id).asks = asks;
    this.waiting(id);
  }

  protected waiting(id: SessionId): void {
    const { asks, queue } = this.session(id);
    this.emit({ type: 'waiting', id, asks, queue }, { type: 'inbox', items: this.inbox });
  }
}
