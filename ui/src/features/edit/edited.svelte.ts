import type { ReviewBackend } from '../../backend/review';
import type { EditedFile, Problem, SessionId } from '../../backend/types';
import { asProblem } from '../../state/connection';
import type { Unsaveds } from '../../state/unsaved.svelte';

export type Files = Pick<ReviewBackend, 'readFile' | 'writeFile'>;

/** A file that is edited: what was read, what is written, and whether the file has changed meanwhile. */
export class Edited {
  file = $state.raw<EditedFile | null>(null);
  /** What the editor begins with; another one is another editor. */
  begun = $state.raw<{ text: string } | null>(null);
  text = $state.raw('');
  problem = $state.raw<Problem | null>(null);
  /** The file as it is now, where it is no longer as it was read: the person decides. */
  changed = $state.raw<EditedFile | null>(null);
  /** What was not saved last time is here again. */
  restored = $state(false);
  /** What was not saved last time, where the file cannot be read any more. */
  stranded = $state.raw<string | null>(null);
  busy = $state(false);
  saved = $state(false);
  dirty = $derived(this.file?.text !== null && this.file !== null && this.text !== this.file.text);

  constructor(
    private readonly files: Files,
    private readonly unsaved: Pick<Unsaveds, 'of' | 'keep'>,
    readonly session: SessionId,
    readonly path: string,
  ) {}

  async read(): Promise<void> {
    this.problem = null;
    const draft = await this.unsaved.of(this.session, this.path);
    try {
      const file = await this.files.readFile(this.session, this.path);
      this.#take(file);
      if (file.text === null) this.stranded = draft?.text ?? null;
      if (!draft || file.text === null) return;
      // Saved by other means meanwhile.
      if (draft.text === file.text) return void this.unsaved.keep(this.session, this.path, null);
      this.restored = true;
      this.#begin(draft.text);
      if (draft.stamp === file.stamp) return;
      this.changed = file;
      this.file = { ...file, stamp: draft.stamp };
    } catch (error) {
      this.problem = asProblem(error);
      this.stranded = draft?.text ?? null;
    }
  }

  write(text: string): void {
    this.text = text;
    this.saved = false;
    this.#keep();
  }

  async save(): Promise<void> {
    const { file, text, changed } = this;
    if (!file || changed || this.busy || !this.dirty) return;
    await this.#save(text, file.stamp);
  }

  async #save(text: string, stamp: string): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const file = await this.files.writeFile(this.session, this.path, text, stamp);
      // What was typed meanwhile is not saved yet.
      this.file = { ...file, text };
      this.restored = false;
      this.saved = !this.dirty;
      this.#keep();
    } catch (error) {
      await this.#refused(stamp, asProblem(error));
    } finally {
      this.busy = false;
    }
  }

  /** Either the file has changed since, or it cannot be written. */
  async #refused(stamp: string, problem: Problem): Promise<void> {
    const now = await this.files.readFile(this.session, this.path).catch(() => null);
    if (now && now.stamp !== stamp) this.changed = now;
    else this.problem = problem;
  }

  /** The file as it is; what was written is lost. */
  reload(): void {
    const { changed, file } = this;
    if (changed) this.#take(changed);
    else if (file) this.#begin(file.text ?? '');
    this.changed = null;
    this.restored = false;
    this.#keep();
  }

  /** What was written, in the place of what the file became. */
  async keepMine(): Promise<void> {
    const { changed } = this;
    if (!changed) return;
    this.changed = null;
    await this.#save(this.text, changed.stamp);
  }

  /** What was written cannot be put back anywhere, and is not wanted. */
  drop(): void {
    this.stranded = null;
    this.unsaved.keep(this.session, this.path, null);
  }

  #take(file: EditedFile): void {
    this.file = file;
    this.#begin(file.text ?? '');
  }

  #begin(text: string): void {
    this.text = text;
    this.begun = { text };
  }

  #keep(): void {
    const { file, text } = this;
    this.unsaved.keep(this.session, this.path, file && this.dirty ? { text, stamp: file.stamp } : null);
  }
}
