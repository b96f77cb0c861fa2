import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { ProcessUsage, SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { inPlace, isLive, sorted, startsDown } from './rows';
import type { Column, ForeignRow, Row, Sort } from './rows';

/** How long after the last move a person counts as still aiming: milliseconds. */
const AIMING = 3000;
/** Ended sessions that are listed: the newest. */
export const ENDED = 100;
/** Processes are asked for this often: milliseconds. */
const PROCESSES = 2000;

/**
 * What the monitor lists. It is brought up to date once a second, and not by each figure that comes: thirty sessions
 * that are measured every second would draw the table thirty times.
 */
export class Monitor {
  sort = $state.raw<Sort>({ column: 'state', down: false });
  /** Whether those that have ended are listed as well. */
  withEnded = $state(false);
  rows = $state.raw<Row[]>([]);
  /** Those that were started elsewhere. */
  elsewhere = $state.raw<ForeignRow[]>([]);
  live = $state(0);
  ended = $state(0);
  /** Whose processes are shown. */
  readonly opened = new SvelteSet<SessionId>();
  readonly processes = new SvelteMap<SessionId, ProcessUsage[]>();
  #aimedAt = -Infinity;
  #asked = -Infinity;

  constructor(readonly bosk: Bosk) {}

  /** Brings all up to date. */
  tick(now = Date.now()): void {
    const { store } = this.bosk;
    const all = [...store.sessions.values()];
    const alive = all.filter(isLive);
    const over = all.filter((session) => !isLive(session));
    this.live = alive.length;
    this.ended = over.length;
    const listed = this.withEnded
      ? [...alive, ...over.sort((a, b) => b.created_at - a.created_at).slice(0, ENDED)]
      : alive;
    const rows = listed.map((session): Row => {
      const runs = isLive(session) && session.state !== 'queued';
      return {
        session,
        runs,
        figures: runs ? store.usage.latest(session.id) : null,
        recent: store.usage.recent(session.id),
        time: (isLive(session) ? now : session.last_event_at) - session.created_at,
      };
    });
    this.rows = this.#place(rows, this.rows, now);
    this.elsewhere = this.#place(this.#foreign(now), this.elsewhere, now);
    if (now - this.#asked >= PROCESSES - 100) this.#look(now);
  }

  /** In their order; or where they were, while somebody aims. */
  #place<R extends Row | ForeignRow>(rows: R[], before: R[], now: number): R[] {
    const inOrder = sorted(rows, this.sort);
    if (now - this.#aimedAt >= AIMING) return inOrder;
    return inPlace(
      inOrder,
      before.map(({ session }) => session.id),
    );
  }

  #foreign(now: number): ForeignRow[] {
    const { usage, foreign } = this.bosk.store;
    return foreign.map((session) => {
      const { id, alive: runs, started_at } = session;
      const latest = usage.latest(id);
      const end = runs ? now : latest?.at;
      const time = end === undefined ? null : end - started_at;
      return { session, runs, figures: runs ? latest : null, recent: usage.recent(id), time };
    });
  }

  /** Somebody aims at a row: it stays where it is. */
  aim(now = Date.now()): void {
    this.#aimedAt = now;
  }

  /** Chooses a column, or turns the one that is chosen around. */
  by(column: Column): void {
    const { sort } = this;
    const down = sort.column === column ? !sort.down : startsDown(column);
    this.sort = { column, down };
    this.#aimedAt = -Infinity;
    this.tick();
  }

  open(id: SessionId, open = !this.opened.has(id)): void {
    if (open === this.opened.has(id)) return;
    if (open) {
      this.opened.add(id);
      void this.#read(id);
    } else {
      this.opened.delete(id);
      this.processes.delete(id);
    }
  }

  /** Does something to a session, and shows at once what came of it. */
  async act(work: Promise<unknown>): Promise<void> {
    await this.bosk.attempt(work);
    this.tick();
  }

  #look(now: number): void {
    this.#asked = now;
    for (const id of this.opened) {
      if (this.bosk.store.sessions.has(id)) void this.#read(id);
      else this.open(id, false);
    }
  }

  async #read(id: SessionId): Promise<void> {
    const found = await this.bosk.backend.processes(id).catch(() => []);
    if (this.opened.has(id)) this.processes.set(id, found);
  }
}
