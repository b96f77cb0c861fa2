import { invoke } from '@tauri-apps/api/core';
import type { SessionBackend } from '../session';

/** The commands about a session that is on screen. */
export const session: SessionBackend = {
  findInTranscript: (id, text) => invoke('find_in_transcript', { id, text }),
  setPermissionMode: (id, mode) => invoke('set_permission_mode', { id, mode }),
  setModel: (id, model) => invoke('set_model', { id, model }),
  setEffort: (id, effort) => invoke('set_effort', { id, effort }),
  askAbout: (id, subject) => invoke('ask_about', { id, subject }),
  stopTask: (id, task) => invoke('stop_task', { id, task }),
  reconnectServer: (id, server) => invoke('reconnect_server', { id, server }),
  rewindPlan: (id, message) => invoke('rewind_plan', { id, message }),
  rewind: (id, message, what, now) => invoke('rewind', { id, message, what, now }),
  undoRewind: (id) => invoke('undo_rewind', { id }),
  suggestFiles: (id, query) => invoke('suggest_files', { id, query }),
  changedFiles: (id) => invoke('changed_files', { id }),
  fileDiff: (id, path) => invoke('file_diff', { id, path }),
  removalPlan: (id) => invoke('removal_plan', { id }),
  removeSession: (id, token, ending) => invoke('remove_session', { id, token, ending }),
};
