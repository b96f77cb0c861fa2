import type { SessionId, Unsaved, UnsavedFile } from '../types';
import { Beside } from './beside';
import { uuid } from './summary';
import { no } from './world';

/** What somebody wrote before a restart, over what the file was then. */
const text = 'export const redirect = (to: URL) => to.pathname + to.search;\n';

/** Most files of one session that have edits which are not saved. */
const MOST = 20;

/** What was written in files and not saved, as the real one keeps it. */
export class Edits extends Beside {
  readonly #unsaved = new Map<SessionId, Map<string, Unsaved>>();

  constructor(scene: string) {
    super(scene);
    const path = 'src/auth/redirect.ts';
    const at = Date.now() - 3_600_000;
    if (scene === 'unsaved')
      this.#unsaved.set(uuid(1), new Map([[path, { path, text, stamp: 'older', at }]]));
  }

  async unsaved(id: SessionId): Promise<UnsavedFile[]> {
    const all = [...(this.#unsaved.get(id)?.values() ?? [])];
    return all.sort((a, b) => b.at - a.at).map(({ path, at }) => ({ path, at }));
  }

  async unsavedText(id: SessionId, path: string): Promise<Unsaved | null> {
    return this.#unsaved.get(id)?.get(path) ?? null;
  }

  async keepUnsaved(id: SessionId, unsaved: Unsaved): Promise<void> {
    const kept = this.#unsaved.get(id) ?? new Map<string, Unsaved>();
    if (!kept.has(unsaved.path) && kept.size >= MOST)
      throw no('invalid_input', 'Too many files of this session have edits that are not saved.');
    this.#unsaved.set(id, kept.set(unsaved.path, unsaved));
  }

  async dropUnsaved(id: SessionId, path: string): Promise<void> {
    this.#unsaved.get(id)?.delete(path);
  }
}
