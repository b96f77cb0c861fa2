import type { ReviewBackend } from '../review';
import type {
  Against,
  Comment,
  Deed,
  EditedFile,
  FileLines,
  Overlap,
  Picked,
  PictureSide,
  Review,
  ReviewFile,
  SessionId,
  Side,
  Undo,
} from '../types';
import { pictures, twelve, very } from './changed';
import { count, kindOf, pick, sides, stagedOf, stamp, unified, type FakeFile } from './changes';
import { Edits } from './edits';
import { uuid } from './summary';
import { no } from './world';

const gone = no('session_state', 'The file has changed since, so nothing was done.', 'Look at it again.');

const elsewhere = no(
  'session_state',
  'The file differs there from what you looked at, so nothing was done.',
  'Look at what is not staged, and pick it there.',
);

/** What is kept of one session's changes. */
interface Kept {
  files: FakeFile[];
  viewed: Map<string, string>;
  comments: Comment[];
  undos: { undo: Undo; before: FakeFile[]; after: string }[];
}

/** A session's changes, roughly as git would tell them: what is staged, reverted and undone is so afterwards. */
export class Reviewed extends Edits implements ReviewBackend {
  overlaps: Overlap[] = [];
  readonly #kept = new Map<SessionId, Kept>();
  readonly #watched = new Set<SessionId>();
  #made = 0;

  constructor(scene: string) {
    super(scene);
    if (scene.startsWith('review'))
      this.overlaps = [{ one: uuid(1), other: uuid(2), paths: ['src/auth/redirect.ts'], total: 3 }];
  }

  #of(id: SessionId): Kept {
    this.session(id);
    let kept = this.#kept.get(id);
    if (!kept) {
      const files =
        this.scene === 'review-many' ? very(10_000) : this.scene === 'review-empty' ? [] : twelve();
      this.#kept.set(id, (kept = { files, viewed: new Map(), comments: [], undos: [] }));
    }
    return kept;
  }

  #file(id: SessionId, path: string): FakeFile {
    const file = this.#of(id).files.find((one) => one.path === path);
    if (!file) throw gone;
    return file;
  }

  /** A file becomes something else, as when Claude writes it. */
  touch(id: SessionId, path: string, change: (file: FakeFile) => Partial<FakeFile>): void {
    const kept = this.#of(id);
    kept.files = kept.files.map((one) => (one.path === path ? { ...one, ...change(one) } : one));
    if (this.#watched.has(id)) this.emit({ type: 'folder', id });
  }

  async review(id: SessionId, against: Against, _ignoreSpace: boolean): Promise<Review> {
    if (this.scene === 'review-error')
      throw no('git_failed', 'Git could not compare the folder with its base.', 'Look again.');
    const { files, viewed } = this.#of(id);
    const list = files.flatMap((file): ReviewFile[] => {
      const [from, to] = sides(file, against);
      if (from === to && !file.old_path) return [];
      if (from === to && against === 'unstaged') return [];
      const { added, removed } = count(from, to);
      const named = stamp(from, to);
      return [
        {
          path: file.path,
          old_path: against === 'unstaged' ? null : file.old_path,
          kind: kindOf(file, from, to),
          added: file.binary || file.huge ? null : added,
          removed: file.binary || file.huge ? null : removed,
          binary: file.binary ?? false,
          staged: stagedOf(file),
          generated: file.generated ?? false,
          picture: file.picture ?? false,
          bytes: to === null ? null : (file.bytes ?? to.length),
          stamp: named,
          viewed: viewed.get(file.path) === named,
        },
      ];
    });
    const sum = (key: 'added' | 'removed') => list.reduce((total, file) => total + (file[key] ?? 0), 0);
    return {
      against,
      from: against === 'unstaged' ? null : against === 'base' ? 'main' : 'c0ffee0',
      files: list,
      total: list.length,
      added: sum('added'),
      removed: sum('removed'),
      more: false,
      operation: list.some(({ kind }) => kind === 'conflicted') ? 'merge' : null,
    };
  }

  async fileLines(
    id: SessionId,
    against: Against,
    path: string,
    _oldPath: string | null,
    ignoreSpace: boolean,
    context: number,
  ): Promise<FileLines> {
    const file = this.#file(id, path);
    const [from, to] = sides(file, against);
    const closed = file.binary ? 'binary' : file.huge ? 'huge' : null;
    const text = closed ? '' : unified(path, from, to, context, ignoreSpace);
    const named = stamp(from, to);
    return { text, closed, truncated: false, stamp: named, seen: `seen ${named}` };
  }

  async pictureSide(id: SessionId, _against: Against, path: string, side: Side): Promise<PictureSide | null> {
    return this.#file(id, path).picture ? { media_type: 'image/png', data: pictures[side] } : null;
  }

  async watchFolder(id: SessionId): Promise<void> {
    this.#watched.add(id);
  }

  async unwatchFolder(id: SessionId): Promise<void> {
    this.#watched.delete(id);
  }

  async markViewed(id: SessionId, path: string, named: string | null): Promise<void> {
    const { viewed } = this.#of(id);
    if (named === null) viewed.delete(path);
    else viewed.set(path, named);
  }

  async doPicked(id: SessionId, deed: Deed, against: Against, picked: Picked[]): Promise<Undo> {
    this.calls.push({ name: 'doPicked', args: [id, deed, against, picked] });
    const kept = this.#of(id);
    const changes = picked.map((one) => {
      const file = this.#file(id, one.path);
      const named = stamp(...sides(file, against));
      if (one.seen !== (one.lines ? `seen ${named}` : named)) throw gone;
      return { file, change: done(file, deed, against, one) };
    });
    const before = kept.files;
    kept.files = before.map((file) => {
      const found = changes.find((one) => one.file === file);
      return found ? { ...file, ...found.change } : file;
    });
    const paths = picked.map(({ path }) => path);
    const undo: Undo = { id: `undo-${String(++this.#made)}`, deed, paths, at: Date.now() };
    kept.undos.unshift({ undo, before, after: JSON.stringify(kept.files) });
    return undo;
  }

  async undos(id: SessionId): Promise<Undo[]> {
    return this.#of(id).undos.map(({ undo }) => undo);
  }

  async undoDeed(id: SessionId, undo: string): Promise<void> {
    this.calls.push({ name: 'undoDeed', args: [id, undo] });
    const kept = this.#of(id);
    const found = kept.undos.find((one) => one.undo.id === undo);
    if (!found || found.after !== JSON.stringify(kept.files)) throw gone;
    kept.files = found.before;
    kept.undos = kept.undos.filter((one) => one !== found);
  }

  async findFiles(id: SessionId, query: string): Promise<string[]> {
    return this.#of(id).files.flatMap(({ path }) => (path.includes(query) ? [path] : []));
  }

  async readFile(id: SessionId, path: string): Promise<EditedFile> {
    const { work, binary, huge } = this.#file(id, path);
    const closed = binary ? 'binary' : huge ? 'huge' : null;
    return { text: closed ? null : work, closed, stamp: stamp(work) };
  }

  async writeFile(id: SessionId, path: string, text: string, named: string): Promise<EditedFile> {
    if (stamp(this.#file(id, path).work) !== named) throw gone;
    this.touch(id, path, () => ({ work: text }));
    return { text, closed: null, stamp: stamp(text) };
  }

  async comments(id: SessionId): Promise<Comment[]> {
    return this.#of(id).comments;
  }

  async saveComment(id: SessionId, comment: Comment): Promise<void> {
    const kept = this.#of(id);
    const isKnown = kept.comments.some((one) => one.id === comment.id);
    kept.comments = isKnown
      ? kept.comments.map((one) => (one.id === comment.id ? comment : one))
      : [...kept.comments, comment];
    this.#written(id);
  }

  /** Who reviews is told, also whoever has written it. */
  #written(id: SessionId): void {
    if (this.#watched.has(id)) this.emit({ type: 'comments', id });
  }

  async removeComment(id: SessionId, comment: string): Promise<void> {
    const kept = this.#of(id);
    kept.comments = kept.comments.filter((one) => one.id !== comment);
    this.#written(id);
  }

  async sendComments(id: SessionId, comments: string[], note: string): Promise<void> {
    this.calls.push({ name: 'sendComments', args: [id, comments, note] });
    const kept = this.#of(id);
    kept.comments = kept.comments.map((one) =>
      comments.includes(one.id) ? { ...one, state: 'sent' as const } : one,
    );
    this.#written(id);
  }
}

/** What a deed makes of a file. */
function done(file: FakeFile, deed: Deed, against: Against, { lines }: Picked): Partial<FakeFile> {
  const [from, to] = sides(file, against);
  if (deed === 'stage' && lines && from !== file.index) throw elsewhere;
  switch (deed) {
    case 'stage':
      return { index: lines ? pick(file.index, file.work, lines, false) : file.work };
    case 'unstage':
      return { index: lines ? pick(file.head, file.index, lines, true) : file.head };
    case 'revert':
      return { work: lines ? pick(from, to, lines, true) : from };
  }
}
