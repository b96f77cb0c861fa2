import { SvelteMap } from 'svelte/reactivity';
import type { Event, Figures, MachineUsage, SessionFigures, SessionId } from '../backend/types';

/** Measurements kept of each session: two minutes, one a second. */
export const RECENT = 120;

export interface Recent {
  /** Milliseconds since 1970. */
  at: number[];
  /** Cores. */
  cpu: number[];
  /** Bytes. */
  memory: number[];
}

const nothing: Recent = { at: [], cpu: [], memory: [] };

interface Measured {
  latest: Figures;
  recent: Recent;
}

const tail = (values: number[], one: number): number[] => [...values.slice(1 - RECENT), one];

/** What each session and the machine use: the last figures, and the last two minutes. */
export class UsageState {
  readonly #sessions = new SvelteMap<SessionId, Measured>();
  machine = $state.raw<MachineUsage | null>(null);

  latest(id: SessionId): Figures | null {
    return this.#sessions.get(id)?.latest ?? null;
  }

  recent(id: SessionId): Recent {
    return this.#sessions.get(id)?.recent ?? nothing;
  }

  take(event: Extract<Event, { type: 'usage' }>): void {
    for (const figures of event.sessions) this.#add(figures);
    if (event.machine) this.machine = event.machine;
  }

  #add(figures: SessionFigures): void {
    const { id, ...latest } = figures;
    const before = this.#sessions.get(id);
    // What is told once more is no new measurement.
    if (before && before.latest.at >= latest.at) return;
    const { at, cpu, memory } = before?.recent ?? nothing;
    this.#sessions.set(id, {
      latest,
      recent: {
        at: tail(at, latest.at),
        cpu: tail(cpu, latest.cpu),
        memory: tail(memory, latest.memory),
      },
    });
  }

  /** Forgets whoever is there no more. */
  keep(isThere: (id: SessionId) => boolean): void {
    for (const id of [...this.#sessions.keys()]) if (!isThere(id)) this.#sessions.delete(id);
  }
}
