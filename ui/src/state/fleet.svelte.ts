import type { SessionId } from '../backend/types';
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
    this.#places ? stay(this.#places, this.store.sessions) : group(this.store.sessions.values()),
  );

  /** All rows, from the first to the last. */
  readonly rows = $derived.by(() => this.groups.flatMap((part) => part.sessions));

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
