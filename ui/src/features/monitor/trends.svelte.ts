import { untrack } from 'svelte';
import type { ForeignSession, SessionId, SessionSummary } from '../../backend/types';
import { sessions as palette } from '../../shared/graph/colours';
import type { Bosk } from '../../state/bosk.svelte';
import { align, append, none, type Sample, type Trend } from './align';
import { choose, gather, type Group } from './gather';

/** How far back, in seconds. */
export const spans = [300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000] as const;
export type Span = (typeof spans)[number];
export type Grouping = 'session' | 'repository';

/** A line, with its name. */
export interface Line extends Group {
  label: string;
}

const POINTS = 300;
/** Lines that can still be told apart. */
const MOST = 10;
/** A figure that is older than this says nothing about now: milliseconds. */
const STALE = 5000;

/** What was used over a span of time: up to now, and then it goes on; or one that was chosen, and stands. */
export class Trends {
  span = $state<Span>(900);
  /** A stretch that was dragged over, in seconds since 1970. */
  stretch = $state.raw<{ from: number; to: number } | null>(null);
  grouping = $state<Grouping>('session');
  trend = $state.raw<Trend>(none);
  to = $state(Math.ceil(Date.now() / 1000));
  reading = $state(false);
  #chosen = $state.raw<string[]>([]);
  #asked = 0;
  /** What is shown, and what has come since. */
  #next: Trend = none;
  #measured = 0;

  constructor(readonly bosk: Bosk) {}

  get live(): boolean {
    return this.stretch === null;
  }

  from = $derived(this.stretch?.from ?? this.to - this.span);

  /** They follow what is measured, and not each change of a session: those come by the dozen. */
  readonly lines: Line[] = $derived.by(() => {
    const { trend } = this;
    void this.grouping;
    const chosen = this.#chosen;
    return untrack(() => this.#draw(trend, chosen));
  });

  #draw(trend: Trend, chosen: readonly string[]): Line[] {
    return gather(trend, this.#keyOf, chosen).map((group) => ({ ...group, label: this.#label(group.key) }));
  }

  /** What a group is called; the rest, which has no name here, is called by whoever shows it. */
  #label(key: string): string {
    const { sessions, foreign } = this.bosk.store;
    if (this.grouping === 'session') return (sessions.get(key) ?? this.#foreign(key))?.title ?? '';
    const one = [...sessions.values()].find(({ repository_path }) => repository_path === key);
    if (one) return one.repository;
    // It is known of no other than where it works.
    const isFolder = foreign.some(({ folder }) => folder === key);
    return (isFolder && key.split(/[\\/]/).findLast((part) => part !== '')) || key;
  }

  #foreign(id: SessionId): ForeignSession | undefined {
    return this.bosk.store.foreign.find((session) => session.id === id);
  }

  readonly #keyOf = (id: SessionId): string => {
    if (this.grouping === 'session') return id;
    return this.bosk.store.sessions.get(id)?.repository_path ?? this.#foreign(id)?.folder ?? id;
  };

  /** Reads what was measured before. */
  async load(now = Date.now() / 1000): Promise<void> {
    const asked = ++this.#asked;
    this.reading = true;
    const to = this.stretch?.to ?? Math.ceil(now);
    const from = this.stretch?.from ?? to - this.span;
    const wanted = (session: SessionSummary) =>
      session.created_at / 1000 <= to && (session.state !== 'ended' || session.last_event_at / 1000 >= from);
    const { sessions, foreign } = this.bosk.store;
    const own = [...sessions.values()].filter(wanted).map(({ id, created_at: since }) => ({ id, since }));
    const others = foreign.map(({ id, started_at: since }) => ({ id, since }));
    const ids = [...own, ...others.filter(({ since }) => since / 1000 <= to)]
      .sort((a, b) => a.since - b.since)
      .map(({ id }) => id);
    palette.looks(ids);
    const history = await this.bosk.attempt(
      this.bosk.backend.usageHistory(ids, Math.floor(from), Math.ceil(to), POINTS),
    );
    if (asked !== this.#asked) return;
    this.reading = false;
    this.to = to;
    this.#next = this.trend = history ? align(history) : none;
    this.#measured = now;
    this.choose();
  }

  /** Which groups have lines of their own: chosen anew only when something else is looked at, so that none flickers. */
  choose(): void {
    this.#chosen = choose(this.trend, this.#keyOf, MOST);
  }

  /** Puts in what is used now. It is shown point by point: where one stands for a minute, once a minute. */
  tick(now = Date.now()): void {
    if (!this.live || this.reading) return;
    const seconds = now / 1000;
    // Nobody looked for a while: what was measured meanwhile is read.
    const away = seconds - this.#measured > Math.max(10, 3 * this.#next.step);
    this.#measured = seconds;
    if (away) return void this.load(seconds);
    const to = Math.ceil(seconds);
    const before = this.#next.at.at(-1);
    this.#next = append(this.#next, seconds, this.#samples(now), to - this.span);
    if (this.#next.at.at(-1) === before) return;
    this.to = to;
    this.trend = this.#next;
    if (this.#chosen.length < MOST) this.#welcome(this.trend.sessions.keys());
  }

  #samples(now: number): Map<SessionId, Sample> {
    const samples = new Map<SessionId, Sample>();
    const { sessions, foreign, usage } = this.bosk.store;
    for (const id of [...sessions.keys(), ...foreign.map((session) => session.id)]) {
      const figures = usage.latest(id);
      if (!figures || now - figures.at > STALE) continue;
      const { cpu, memory, read_rate, write_rate } = figures;
      samples.set(id, { cpu, memory, disk: read_rate + write_rate });
    }
    return samples;
  }

  /** Whoever comes gets a line as long as there is room. */
  #welcome(ids: Iterable<SessionId>): void {
    const came = new Set([...ids].map(this.#keyOf).filter((key) => !this.#chosen.includes(key)));
    if (came.size > 0) this.#chosen = [...this.#chosen, ...came].slice(0, MOST);
  }
}
