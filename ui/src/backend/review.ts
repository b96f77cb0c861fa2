import type {
  Against,
  Comment,
  Deed,
  EditedFile,
  FileLines,
  Picked,
  PictureSide,
  Review,
  SessionId,
  Side,
  Undo,
  Unsaved,
  UnsavedFile,
} from './types';

/** What can be asked about a session's changes, and done with them. Paths are from the worktree's root. */
export interface ReviewBackend {
  /** The changes of its folder. */
  review(id: SessionId, against: Against, ignoreSpace: boolean): Promise<Review>;
  /** One file's lines; `context` lines around each change. */
  fileLines(
    id: SessionId,
    against: Against,
    path: string,
    oldPath: string | null,
    ignoreSpace: boolean,
    context: number,
  ): Promise<FileLines>;
  /** A picture on one side; null where there is none. */
  pictureSide(id: SessionId, against: Against, path: string, side: Side): Promise<PictureSide | null>;
  /** From now on `folder` events tell of changes in its folder (debounced); until `unwatchFolder`. */
  watchFolder(id: SessionId): Promise<void>;
  unwatchFolder(id: SessionId): Promise<void>;
  /** Marks a file's present change as read, or takes that back (null). */
  markViewed(id: SessionId, path: string, stamp: string | null): Promise<void>;
  /** Stages, unstages or reverts what was picked from a comparison; refused where the file has changed since. */
  doPicked(id: SessionId, deed: Deed, against: Against, picked: Picked[]): Promise<Undo>;
  /** What can be taken back, the newest first. */
  undos(id: SessionId): Promise<Undo[]>;
  /** Takes a deed back; refused where its files have changed since. */
  undoDeed(id: SessionId, undo: string): Promise<void>;
  /** Files of its folder whose paths have these letters, the best first. */
  findFiles(id: SessionId, query: string): Promise<string[]>;
  readFile(id: SessionId, path: string): Promise<EditedFile>;
  /** Saves a file's text; refused where it is no longer what was read. */
  writeFile(id: SessionId, path: string, text: string, stamp: string): Promise<EditedFile>;

  /** Files in which something was written and not saved, the last first; kept over a restart. */
  unsaved(id: SessionId): Promise<UnsavedFile[]>;
  unsavedText(id: SessionId, path: string): Promise<Unsaved | null>;
  /** Refused where it is too large, or where too many files have some already. */
  keepUnsaved(id: SessionId, unsaved: Unsaved): Promise<void>;
  dropUnsaved(id: SessionId, path: string): Promise<void>;

  comments(id: SessionId): Promise<Comment[]>;
  /** Keeps a comment, a new one or in the place of one with the same id. */
  saveComment(id: SessionId, comment: Comment): Promise<void>;
  removeComment(id: SessionId, comment: string): Promise<void>;
  /** Sends these as one message that names file, lines and code; `note` stands before them. They are marked as sent. */
  sendComments(id: SessionId, comments: string[], note: string): Promise<void>;
}
