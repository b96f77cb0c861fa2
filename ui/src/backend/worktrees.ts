import type {
  DeletePlan,
  DiskUse,
  Ending,
  PutAway,
  RemovalPlan,
  RemovalToken,
  RunOutput,
  SessionId,
  WorktreeSize,
  Worktrees,
} from './types';

/** What can be asked about the worktrees of a repository, and done with them. A worktree is named by its folder. */
export interface WorktreesBackend {
  /** All of a repository (any folder in it). Looks afresh each time; sizes are asked for by themselves. */
  worktrees(repository: string): Promise<Worktrees>;
  /** How large one is: it reads the whole folder. */
  worktreeSize(folder: string): Promise<WorktreeSize>;
  /** Makes a worktree that somebody else made Bosk's own: from then on it can be put away and deleted here. */
  adoptWorktree(repository: string, folder: string): Promise<void>;
  /** Gives it back: Bosk only looks at it again. */
  releaseWorktree(repository: string, folder: string): Promise<void>;
  /** Takes a snapshot, and tells what putting it away would move; what git ignores is listed. */
  archivePlan(repository: string, folder: string): Promise<RemovalPlan>;
  /** Puts it away: the folder goes to the trash, branch and snapshot stay. Refused where it has changed since, or where
   *  a session is at work in it that was not agreed to be ended. */
  archive(repository: string, folder: string, token: RemovalToken, ending: Ending): Promise<PutAway>;
  /** Puts it back where it was; the folder that it is now in. */
  restore(archive: string): Promise<string>;
  /** What deleting a worktree for good would take, in terms of what exists nowhere else. */
  deletePlan(repository: string, folder: string): Promise<DeletePlan>;
  /** Deletes it and its branch. A snapshot stays until it expires, and can be undone by `restore`. */
  deleteWorktree(
    repository: string,
    folder: string,
    token: RemovalToken,
    branch: boolean,
    ending: Ending,
  ): Promise<PutAway>;
  /** The same of one that was put away. */
  archivedDeletePlan(archive: string): Promise<DeletePlan>;
  /** What was put away goes for good, with its folder in the trash; with its snapshots too where that is wanted. */
  deleteArchived(archive: string, token: RemovalToken, snapshots: boolean): Promise<void>;
  /** What Bosk uses of the disk. Reads folders: it takes a while. */
  diskUse(): Promise<DiskUse>;
  /** Removes what builds made in a worktree; the bytes that are free now. */
  cleanBuilds(repository: string, folder: string, folders: string[]): Promise<number>;
  /** Moves a session, with what it has not committed, from its worktree to the repository itself, or the other way; where it is now. */
  handOver(id: SessionId, to: 'repository' | 'worktree'): Promise<string>;
  /** Starts the repository's command beside Claude (`[run]` in bosk.toml; `SessionSummary.run` tells of it). */
  startRun(id: SessionId): Promise<void>;
  /** Ends it; that it has ended, the session's row tells. */
  stopRun(id: SessionId): Promise<void>;
  /** What it has printed since `from` (0, or the last answer's `end`); answers when there is more, or it does not run. */
  runLog(id: SessionId, from: number): Promise<RunOutput>;
}
