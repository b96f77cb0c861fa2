/** Which colour a session has: the same one in every window, for as long as it is remembered. */

export interface Look {
  /** For a style or a `series` of a graph. */
  colour: string;
  /** The second cue, where more are shown than there are colours: an unbroken line is an empty one. */
  dash: number[];
}

export const COLOURS = 8;
/** Names whose colours are remembered. */
const KEPT = 500;
const dashes = [[], [7, 3], [2, 3], [10, 3, 2, 3]];

/** What stands for all who have no colour of their own. */
export const rest: Look = { colour: 'var(--series-rest)', dash: [] };

/** The place after the last one that was given: eight that come one after the other all differ. */
export function next(given: ReadonlyMap<string, number>): number {
  const last = [...given.values()].at(-1);
  return last === undefined ? 0 : (last + 1) % COLOURS;
}

/** Colours by name, in the order in which the names were met. */
export class Palette {
  #given = new Map<string, number>();

  /** With a key it is shared by all windows and outlives them. */
  constructor(private readonly key: string | null = null) {
    this.#read();
  }

  /** The colour of one name. */
  colour(name: string): string {
    this.#meet([name]);
    return `var(--series-${String((this.#given.get(name) ?? 0) + 1)})`;
  }

  /** Those that are shown together, in whatever order: who shares a colour gets another dash. */
  looks(names: readonly string[]): Map<string, Look> {
    this.#meet(names);
    const sharing = new Map<string, number>();
    const found = new Map<string, Look>();
    for (const name of [...names].sort()) {
      const colour = this.colour(name);
      const before = sharing.get(colour) ?? 0;
      sharing.set(colour, before + 1);
      found.set(name, { colour, dash: [...(dashes[before % dashes.length] ?? [])] });
    }
    return found;
  }

  #meet(names: readonly string[]): void {
    if (names.every((name) => this.#given.has(name))) return;
    // Another window may have met them first.
    this.#read();
    for (const name of names) {
      if (!this.#given.has(name)) this.#given.set(name, next(this.#given));
    }
    this.#write();
  }

  #read(): void {
    try {
      const kept: unknown = JSON.parse((this.key && localStorage.getItem(this.key)) || '[]');
      if (!Array.isArray(kept)) return;
      for (const one of kept as unknown[]) {
        if (!Array.isArray(one)) continue;
        const [name, place] = one as unknown[];
        if (typeof name !== 'string' || typeof place !== 'number') continue;
        if (Number.isInteger(place) && place >= 0 && place < COLOURS) this.#given.set(name, place);
      }
    } catch {
      // What cannot be read is met anew.
    }
  }

  #write(): void {
    if (!this.key) return;
    try {
      localStorage.setItem(this.key, JSON.stringify([...this.#given].slice(-KEPT)));
    } catch {
      // Then this window goes by what it has met.
    }
  }
}

export const sessions = new Palette('session-colours');
export const repositories = new Palette('repository-colours');
export const models = new Palette('model-colours');
/** All that there are. */
export const all = Array.from({ length: COLOURS }, (_, nth) => `var(--series-${String(nth + 1)})`);

/** The colour of a session, for a style or a `series` of a graph. */
export function colourOf(id: string): string {
  return sessions.colour(id);
}
