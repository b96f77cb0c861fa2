import type { FileLines, Problem } from '../../backend/types';
import { asProblem } from '../../state/connection';

/** One file's lines. Old ones stay until new ones are there, so that nothing flashes. */
export class Opened {
  lines = $state.raw<FileLines | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** They are to be read anew although the file is the same. */
  stale = $state(true);
  context = $state(0);
  /** Of what they are. */
  #stamp = '';
  #asked = 0;
  #under: string | null = null;

  constructor(context: number) {
    this.context = context;
  }

  isDue(stamp: string): boolean {
    return this.stale || stamp !== this.#stamp;
  }

  async read(stamp: string, fetch: () => Promise<FileLines>): Promise<void> {
    if (!this.isDue(stamp) || (!this.stale && this.#under === stamp)) return;
    const asked = ++this.#asked;
    this.#under = stamp;
    this.stale = false;
    try {
      const lines = await fetch();
      if (asked !== this.#asked) return;
      this.lines = lines;
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = asProblem(error);
    }
    this.#stamp = stamp;
    this.#under = null;
  }
}
