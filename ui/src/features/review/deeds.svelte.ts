import type { Deed, LineAt, Problem, ReviewFile, Undo } from '../../backend/types';
import { asProblem } from '../../state/connection';
import type { Reading } from './reading.svelte';

/** What was done last, as it is told. */
export interface Done {
  undo: Undo;
  path: string;
  /** How many lines; none where it was the whole file. */
  lines: number | null;
}

/** What can be done with changes, and be taken back. */
export class Deeds {
  last = $state.raw<Done | null>(null);
  /** What can be taken back, the newest first. */
  undos = $state.raw<Undo[]>([]);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  constructor(private readonly reading: Reading) {}

  /** What can be done with a whole file. */
  forFile(file: ReviewFile): Deed[] {
    // Both sides of a conflict are in it: it is resolved first.
    if (file.kind === 'conflicted') return [];
    if (this.reading.choices.against === 'staged') return ['unstage'];
    const all: Deed[] = ['stage', 'unstage', 'revert'];
    return all.filter(
      (deed) => (deed !== 'stage' || file.staged !== 'all') && (deed !== 'unstage' || file.staged !== 'none'),
    );
  }

  /**
   * What can be done with some of its lines. Lines are staged from a comparison with something else than the index only
   * where nothing of the file is staged, as their numbers hold there; and the other way round.
   */
  forLines({ kind, binary, staged }: ReviewFile): Deed[] {
    if (kind === 'conflicted' || kind === 'retyped' || binary) return [];
    const { against } = this.reading.choices;
    if (against === 'staged') return ['unstage'];
    if (against === 'unstaged' || staged === 'none') return ['stage', 'revert'];
    return staged === 'all' ? ['unstage', 'revert'] : ['revert'];
  }

  async read(): Promise<void> {
    this.undos = await this.reading.backend.undos(this.reading.id).catch(() => []);
  }

  /** Does it with these lines, or with all of the file. */
  async run(deed: Deed, file: ReviewFile, lines: LineAt[] | null): Promise<void> {
    const { reading } = this;
    const { path, old_path } = file;
    const seen = lines ? reading.opened(path)?.lines?.seen : file.stamp;
    if (seen === undefined || this.busy || lines?.length === 0) return;
    const picked = [{ path, old_path, lines, seen }];
    await this.#attempt([path], async () => {
      const undo = await reading.backend.doPicked(reading.id, deed, reading.choices.against, picked);
      this.last = { undo, path, lines: lines?.length ?? null };
    });
  }

  async undo(id: string): Promise<void> {
    const { reading } = this;
    const paths = this.undos.find((one) => one.id === id)?.paths ?? [];
    await this.#attempt(paths, async () => {
      await reading.backend.undoDeed(reading.id, id);
      if (this.last?.undo.id === id) this.last = null;
    });
  }

  async #attempt(paths: string[], work: () => Promise<void>): Promise<void> {
    const { reading } = this;
    this.busy = true;
    try {
      await work();
      this.problem = null;
      reading.picking = null;
    } catch (error) {
      this.problem = asProblem(error);
    }
    // Also where it was refused: the file is not what was looked at.
    await Promise.all([reading.look(), this.read()]);
    // What the person did is no news to them.
    for (const path of paths) reading.changed.delete(path);
    this.busy = false;
  }
}
