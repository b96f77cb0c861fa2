import { invoke } from '@tauri-apps/api/core';
import type { ReviewBackend } from '../review';

/** The commands about a session's changes. */
export const review: ReviewBackend = {
  review: (id, against, ignoreSpace) => invoke('review', { id, against, ignoreSpace }),
  fileLines: (id, against, path, oldPath, ignoreSpace, context) =>
    invoke('file_lines', { id, against, path, oldPath, ignoreSpace, context }),
  pictureSide: (id, against, path, side) => invoke('picture_side', { id, against, path, side }),
  watchFolder: (id) => invoke('watch_folder', { id }),
  unwatchFolder: (id) => invoke('unwatch_folder', { id }),
  markViewed: (id, path, stamp) => invoke('mark_viewed', { id, path, stamp }),
  doPicked: (id, deed, against, picked) => invoke('do_picked', { id, deed, against, picked }),
  undos: (id) => invoke('undos', { id }),
  undoDeed: (id, undo) => invoke('undo_deed', { id, undo }),
  findFiles: (id, query) => invoke('find_files', { id, query }),
  readFile: (id, path) => invoke('read_file', { id, path }),
  writeFile: (id, path, text, stamp) => invoke('write_file', { id, path, text, stamp }),
  unsaved: (id) => invoke('unsaved', { id }),
  unsavedText: (id, path) => invoke('unsaved_text', { id, path }),
  keepUnsaved: (id, unsaved) => invoke('keep_unsaved', { id, unsaved }),
  dropUnsaved: (id, path) => invoke('drop_unsaved', { id, path }),
  comments: (id) => invoke('comments', { id }),
  saveComment: (id, comment) => invoke('save_comment', { id, comment }),
  removeComment: (id, comment) => invoke('remove_comment', { id, comment }),
  sendComments: (id, comments, note) => invoke('send_comments', { id, comments, note }),
};
