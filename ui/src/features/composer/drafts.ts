import type { Image, SessionId } from '../../backend/types';

interface Draft {
  text: string;
  images: Image[];
}

/** What was begun in each session and not sent: there again when the session is looked at again. */
class Drafts {
  #kept = new Map<SessionId, Draft>();

  of(id: SessionId): Draft {
    return this.#kept.get(id) ?? { text: '', images: [] };
  }

  keep(id: SessionId, draft: Draft): void {
    if (draft.text === '' && draft.images.length === 0) this.#kept.delete(id);
    else this.#kept.set(id, draft);
  }
}

export const drafts = new Drafts();
