import type {
  BranchLog,
  CommitPlan,
  CommitRequest,
  ConflictFile,
  Conflicts,
  Feedback,
  ForgeView,
  MergeHow,
  MergePlan,
  Merged,
  PullRequest,
  PushPlan,
  PushRequest,
  RemoteHas,
  Resolution,
  SessionId,
} from './types';

/** Committing, merging and publishing what a session has done. */
export interface MergingBackend {
  commitPlan(id: SessionId): Promise<CommitPlan>;
  /** The new commit's id. */
  commit(id: SessionId, request: CommitRequest): Promise<string>;
  branchLog(id: SessionId, count: number): Promise<BranchLog>;
  /** What bringing the session's branch into another (null: its base) would meet. Touches nothing. */
  mergePlan(id: SessionId, target: string | null, how: MergeHow): Promise<MergePlan>;
  /** Refused where either branch is no longer as the plan saw it, or where there are conflicts. Both stay as they were if it fails. */
  merge(
    id: SessionId,
    how: MergeHow,
    target: string,
    head: string,
    targetHead: string,
    message: string,
  ): Promise<Merged>;
  /** Takes a merge back, while the target is still where it left it. */
  undoMerge(id: SessionId, target: string, merged: Merged): Promise<void>;
  /** Brings the target (null: its base) into the session's folder. Conflicts are left there to be resolved. */
  updateBranch(id: SessionId, target: string | null, how: MergeHow): Promise<Conflicts>;
  conflicts(id: SessionId): Promise<Conflicts>;
  conflictFile(id: SessionId, path: string): Promise<ConflictFile>;
  /** Refused where the file is no longer as `stamp` saw it. */
  resolveConflict(id: SessionId, path: string, stamp: string, resolution: Resolution): Promise<Conflicts>;
  /** Ends what stands half-way, all being resolved. A rebase may stop again at its next commit. */
  goOnOperation(id: SessionId): Promise<Conflicts>;
  /** Everything as it was before it began. */
  abortOperation(id: SessionId): Promise<void>;
  /** Asks the session to resolve them: which files, which branches, what both sides wanted. */
  handOverConflicts(id: SessionId): Promise<void>;

  pushPlan(id: SessionId): Promise<PushPlan>;
  /** Whether it was pushed: not where it was cancelled meanwhile. */
  push(id: SessionId, request: PushRequest): Promise<boolean>;
  /** Ends a push that goes on, with all that it has started here. */
  cancelPush(id: SessionId): Promise<void>;
  /** Asks the remote itself what it has, after a push that was cancelled. Refused where it does not answer. */
  remoteHas(id: SessionId, request: PushRequest): Promise<RemoteHas>;
  /** Asks the forge's own command, and so the net: it takes a moment. */
  forge(id: SessionId): Promise<ForgeView>;
  openPullRequest(id: SessionId, title: string, body: string, draft: boolean): Promise<PullRequest>;
  /** Sends a failed check, with the end of its log, or a comment to the session. */
  sendFeedback(id: SessionId, feedback: Feedback): Promise<void>;
}
