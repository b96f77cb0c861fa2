import type { SessionId } from '../../backend/types';

export interface Draft {
  text: string;
  /** What the file was when it was read. */
  stamp: string;
}

/** What was written in files and not saved: there again when the file is opened again, while the window lives. */
class Drafts {
  readonly #kept = new Map<string, Draft>();

  of(session: SessionId, path: string): Draft | null {
    return this.#kept.get(`${session} ${path}`) ?? null;
  }

  keep(session: SessionId, path: string, draft: Draft | null): void {
    const key = `${session} ${path}`;
    if (draft) this.#kept.set(key, draft);
    else this.#kept.delete(key);
  }
}

export const drafts = new Drafts();
