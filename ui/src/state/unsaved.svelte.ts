import { SvelteMap } from 'svelte/reactivity';
import type { Problem, SessionId, Unsaved, UnsavedFile } from '../backend/types';
import { t } from '../i18n/index.svelte';
import type { Bosk } from './bosk.svelte';
import { asProblem } from './connection';
import { oneEach } from './window.svelte';

/** How long after the last letter what was written is kept: milliseconds. */
const PAUSE = 500;

export type Written = Pick<Unsaved, 'text' | 'stamp'>;

/** What was written in files and not saved: there again when the file is opened again, also after a restart. */
export class Unsaveds {
  /** Which files of a session have some, the last first, once that was looked at. */
  readonly files = new SvelteMap<SessionId, readonly UnsavedFile[]>();
  /** Why what is written now lives only as long as the window. */
  problem = $state.raw<Problem | null>(null);
  /** What is not known to be kept yet; null where it is to be thrown away. */
  readonly #waiting = new Map<string, { id: SessionId; path: string; written: Written | null }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One after the other, so that the last word is the last one. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(private readonly bosk: Bosk) {}

  async look(id: SessionId): Promise<void> {
    await this.flush();
    const files = await this.bosk.backend.unsaved(id).catch(() => null);
    if (files) this.files.set(id, files);
  }

  async of(id: SessionId, path: string): Promise<Written | null> {
    await this.flush();
    const waiting = this.#waiting.get(`${id} ${path}`);
    return waiting ? waiting.written : this.bosk.backend.unsavedText(id, path).catch(() => null);
  }

  /** Keeps it a moment after the last letter; none: it was saved, or is not wanted. */
  keep(id: SessionId, path: string, written: Written | null): void {
    this.#waiting.set(`${id} ${path}`, { id, path, written });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), PAUSE);
  }

  /** Keeps at once what waits for that. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    return (this.#keeping = this.#keeping.then(() => this.#all()));
  }

  async #all(): Promise<void> {
    for (const [key, one] of [...this.#waiting]) {
      try {
        await this.#one(one.id, one.path, one.written);
        this.problem = null;
        // What was written meanwhile waits for its own turn.
        if (this.#waiting.get(key) === one) this.#waiting.delete(key);
      } catch (error) {
        this.problem = asProblem(error);
      }
    }
  }

  async #one(id: SessionId, path: string, written: Written | null): Promise<void> {
    const { backend } = this.bosk;
    const others = (this.files.get(id) ?? []).filter((one) => one.path !== path);
    if (written) {
      const at = Date.now();
      await backend.keepUnsaved(id, { path, at, ...written });
      this.files.set(id, [{ path, at }, ...others]);
    } else {
      await backend.dropUnsaved(id, path);
      this.files.set(id, others);
    }
  }

  /** Throws it away; one press brings it back. */
  async discard(id: SessionId, path: string): Promise<void> {
    const written = await this.of(id, path);
    this.keep(id, path, null);
    await this.flush();
    if (!written) return;
    this.bosk.sayUndoable(t('unsaved.discarded', { path }), () => {
      this.keep(id, path, written);
      void this.flush();
    });
  }
}

/** Of a window. */
export const unsavedOf = oneEach((bosk) => new Unsaveds(bosk));
