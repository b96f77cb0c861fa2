import type { FileLines, Problem } from '../../backend/types';
import { asProblem } from '../../state/connection';

/** One file's lines. Old ones stay until new ones are there, so that nothing flashes. */
export class Opened {
  lines = $state.raw<FileLines | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** They are to be read anew although the file is the same. */
  stale = true;
  context = $state(0);
  /** Of what they are, or will be. */
  #stamp = '';
  #asked = 0;

  constructor(context: number) {
    this.context = context;
  }

  isDue(stamp: string): boolean {
    return this.stale || stamp !== this.#stamp;
  }

  async read(stamp: string, fetch: () => Promise<FileLines>): Promise<void> {
    const asked = ++this.#asked;
    this.#stamp = stamp;
    this.stale = false;
    try {
      const lines = await fetch();
      if (asked !== this.#asked) return;
      this.lines = lines;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    }
  }
}
