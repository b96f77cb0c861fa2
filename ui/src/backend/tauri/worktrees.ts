import { invoke } from '@tauri-apps/api/core';
import type { WorktreesBackend } from '../worktrees';

/** The app's commands about worktrees. */
export const worktrees: WorktreesBackend = {
  worktrees: (repository) => invoke('worktrees', { repository }),
  worktreeSize: (folder) => invoke('worktree_size', { folder }),
  adoptWorktree: (repository, folder) => invoke('adopt_worktree', { repository, folder }),
  releaseWorktree: (repository, folder) => invoke('release_worktree', { repository, folder }),
  archivePlan: (repository, folder) => invoke('archive_plan', { repository, folder }),
  archive: (repository, folder, token, ending) => invoke('archive', { repository, folder, token, ending }),
  restore: (archive) => invoke('restore', { archive }),
  deletePlan: (repository, folder) => invoke('delete_plan', { repository, folder }),
  deleteWorktree: (repository, folder, token, branch, ending) =>
    invoke('delete_worktree', { repository, folder, token, branch, ending }),
  archivedDeletePlan: (archive) => invoke('archived_delete_plan', { archive }),
  deleteArchived: (archive, token, snapshots) => invoke('delete_archived', { archive, token, snapshots }),
  diskUse: () => invoke('disk_use'),
  cleanBuilds: (repository, folder, folders) => invoke('clean_builds', { repository, folder, folders }),
  startRun: (id) => invoke('start_run', { id }),
  stopRun: (id) => invoke('stop_run', { id }),
  runLog: (id, from) => invoke('run_log', { id, from }),
  handOver: (id, to) => invoke('hand_over', { id, to }),
};
