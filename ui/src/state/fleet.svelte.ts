import type { Glance, SessionId } from '../backend/types';
import { newestFirst } from './elsewhere';
import { group, keepPlaces, stay, type Group } from './groups';
import type { Store } from './store.svelte';

/** How long after the last move a person counts as still aiming: milliseconds. */
export const AIMING = 3000;

/**
 * The fleet as it is shown. While a person aims at a row, by pointer or by keys, rows keep their places,
 * whatever becomes of their sessions; somebody whose pointer merely rests on the list sees the true order.
 */
export class Fleet {
  #places = $state.raw<Group[] | null>(null);
  #placesElsewhere = $state.raw<SessionId[] | null>(null);
  #over: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly store: Store) {}

  readonly groups = $derived.by(() =>
    this.#places
      ? stay(this.#places, this.store.sessions, this.store.waiting)
      : group(this.store.sessions.values(), this.store.waiting),
  );

  /** All rows, from the first to the last. */
  readonly rows = $derived.by(() => this.groups.flatMap((part) => part.rows));

  /** How many there are of each kind, wherever their rows are kept. */
  readonly counts = $derived.by(() => {
    const { sessions, waiting } = this.store;
    const waits = new Set(waiting.map(({ id }) => id));
    const counts = new Map<Glance, number>(waits.size > 0 ? [['queued', waits.size]] : []);
    for (const { id, glance } of sessions.values())
      if (!waits.has(id)) counts.set(glance, (counts.get(glance) ?? 0) + 1);
    return counts;
  });

  /** Those that were started elsewhere. */
  readonly elsewhere = $derived.by(() =>
    keepPlaces(newestFirst(this.store.foreign), this.#placesElsewhere ?? [], ({ id }) => id),
  );

  /** Somebody aims. */
  hold(): void {
    this.#places ??= this.groups;
    this.#placesElsewhere ??= this.elsewhere.map(({ id }) => id);
    clearTimeout(this.#over);
    this.#over = setTimeout(() => this.release(), AIMING);
  }

  release(): void {
    clearTimeout(this.#over);
    this.#places = null;
    this.#placesElsewhere = null;
  }
}
