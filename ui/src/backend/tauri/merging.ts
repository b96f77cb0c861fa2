import { invoke } from '@tauri-apps/api/core';
import type { MergingBackend } from '../merging';

export const merging: MergingBackend = {
  commitPlan: (id) => invoke('commit_plan', { id }),
  commit: (id, request) => invoke('commit', { id, request }),
  branchLog: (id, count) => invoke('branch_log', { id, count }),
  mergePlan: (id, target, how) => invoke('merge_plan', { id, target, how }),
  merge: (id, how, target, head, targetHead, message) =>
    invoke('merge', { id, how, target, head, targetHead, message }),
  undoMerge: (id, target, merged) => invoke('undo_merge', { id, target, merged }),
  updateBranch: (id, target, how) => invoke('update_branch', { id, target, how }),
  conflicts: (id) => invoke('conflicts', { id }),
  conflictFile: (id, path) => invoke('conflict_file', { id, path }),
  resolveConflict: (id, path, stamp, resolution) =>
    invoke('resolve_conflict', { id, path, stamp, resolution }),
  goOnOperation: (id) => invoke('go_on_operation', { id }),
  abortOperation: (id) => invoke('abort_operation', { id }),
  handOverConflicts: (id) => invoke('hand_over_conflicts', { id }),

  pushPlan: (id) => invoke('push_plan', { id }),
  push: (id, request) => invoke('push', { id, request }),
  cancelPush: (id) => invoke('cancel_push', { id }),
  remoteHas: (id, request) => invoke('remote_has', { id, request }),
  forge: (id) => invoke('forge', { id }),
  openPullRequest: (id, title, body, draft) => invoke('open_pull_request', { id, title, body, draft }),
  sendFeedback: (id, feedback) => invoke('send_feedback', { id, feedback }),
};
