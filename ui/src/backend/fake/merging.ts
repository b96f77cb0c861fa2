import type { MergingBackend } from '../merging';
import type {
  BranchLog,
  CommitPlan,
  CommitRequest,
  ConflictFile,
  Conflicts,
  Feedback,
  ForgeView,
  Merged,
  MergeHow,
  MergePlan,
  PullRequest,
  PushPlan,
  PushRequest,
  RemoteHas,
  Resolution,
  SessionId,
} from '../types';
import { commitId, conflictFiles, forgeView, log, remotes, request } from './branches';
import { Reviewed } from './review';
import { no } from './world';

const message = 'Keep the query string over the login redirect\n\nThe login led to the path alone.';
const hookSaid =
  'src/auth/redirect.ts\n  \u001b[31m12:3  error\u001b[0m  Unexpected console statement  no-console';

/** Committing, merging and publishing, roughly as the real one. All sessions share one made-up branch. */
export class Merging extends Reviewed implements MergingBackend {
  /** How the branch stands: whoever tests what is made of it puts something else here. */
  readonly stands = {
    staged: 1,
    unstaged: 2,
    ahead: 3,
    behind: this.scene === 'finish-conflicts' ? 2 : 0,
    unpushed: 2,
    remoteHas: this.scene === 'finish-conflicts' ? 1 : 0,
    foreseen: this.scene === 'finish-conflicts' ? ['src/auth/redirect.ts', 'src/legacy.ts'] : [],
    inTheWay: this.scene === 'finish-conflicts' ? ['README.md'] : [],
    hookFails: false,
    /** The remote takes what is pushed, and never answers. */
    hangs: this.scene === 'push-hangs',
    /** What it has after that; null where it cannot be asked. */
    has: 'as_before' as RemoteHas | null,
  };
  standing: ConflictFile[] = this.scene === 'conflicts' ? conflictFiles() : [];
  operation: Conflicts['operation'] = this.scene === 'conflicts' ? 'merge' : null;
  request: PullRequest | null = this.scene === 'pull-request' ? request : null;
  #resolved: string[] = [];
  #cancelled: () => void = () => undefined;

  #called(name: string, ...args: unknown[]): void {
    this.calls.push({ name, args });
  }

  async commitPlan(id: SessionId): Promise<CommitPlan> {
    const { staged, unstaged } = this.stands;
    this.session(id);
    const last = { id: commitId(0), message: 'Read where to return to from one place\n' };
    return {
      message,
      staged,
      unstaged,
      conflicted: 0,
      last,
      hooks: ['pre-commit', 'commit-msg'],
      signed: true,
    };
  }

  async commit(id: SessionId, asked: CommitRequest): Promise<string> {
    this.#called('commit', id, asked);
    if (asked.hooks && this.stands.hookFails)
      throw no(
        'git_failed',
        `The hook pre-commit refused the commit.\n${hookSaid}`,
        'Nothing was committed.',
      );
    this.stands.staged = 0;
    if (asked.all) this.stands.unstaged = 0;
    if (!asked.amend) {
      this.stands.ahead += 1;
      this.stands.unpushed += 1;
    }
    return commitId(40);
  }

  async branchLog(id: SessionId, _count: number): Promise<BranchLog> {
    const { branch, base } = this.session(id).summary;
    return log(branch ?? 'HEAD', base ?? 'main', Date.now(), this.stands.unpushed + 1);
  }

  async mergePlan(id: SessionId, target: string | null, how: MergeHow): Promise<MergePlan> {
    const { branch, base, repository_path } = this.session(id).summary;
    const { ahead, behind, foreseen, inTheWay, staged, unstaged } = this.stands;
    const into = target ?? base ?? 'main';
    return {
      branch: branch ?? 'HEAD',
      head: commitId(1),
      target: into,
      target_head: commitId(3),
      targets: ['main', 'next'].filter((name) => name !== into),
      ahead,
      behind,
      uncommitted: staged + unstaged > 0,
      conflicts: into === 'main' ? foreseen : [],
      checkout: into === 'main' ? { folder: repository_path, in_the_way: inTheWay, dirty: true } : null,
      message: how === 'merge' ? `Merge ${branch ?? 'HEAD'} into ${into}` : message,
    };
  }

  async merge(
    id: SessionId,
    how: MergeHow,
    target: string,
    head: string,
    targetHead: string,
    words: string,
  ): Promise<Merged> {
    this.#called('merge', id, how, target, head, targetHead, words);
    this.stands.ahead = 0;
    return { commit: commitId(50), before: targetHead };
  }

  async undoMerge(id: SessionId, target: string, merged: Merged): Promise<void> {
    this.#called('undoMerge', id, target, merged);
    this.stands.ahead = 3;
  }

  async updateBranch(id: SessionId, target: string | null, how: MergeHow): Promise<Conflicts> {
    this.#called('updateBranch', id, target, how);
    if (this.stands.foreseen.length > 0) {
      this.standing = conflictFiles();
      this.operation = how === 'rebase' ? 'rebase' : 'merge';
    } else this.stands.behind = 0;
    return this.conflicts(id);
  }

  async conflicts(_id: SessionId): Promise<Conflicts> {
    const files = this.standing.map(({ path }) => path);
    return { operation: this.operation, files, resolved: this.#resolved };
  }

  async conflictFile(_id: SessionId, path: string): Promise<ConflictFile> {
    const file = this.standing.find((one) => one.path === path);
    if (!file) throw no('invalid_input', `${path} is not in conflict.`);
    return file;
  }

  async resolveConflict(
    id: SessionId,
    path: string,
    stamp: string,
    resolution: Resolution,
  ): Promise<Conflicts> {
    this.#called('resolveConflict', id, path, stamp, resolution);
    const file = await this.conflictFile(id, path);
    if (file.stamp !== stamp) throw no('session_state', `${path} has changed since. Nothing was written.`);
    this.standing = this.standing.filter((one) => one !== file);
    this.#resolved = [...this.#resolved, path];
    return this.conflicts(id);
  }

  async goOnOperation(id: SessionId): Promise<Conflicts> {
    this.#called('goOnOperation', id);
    this.#over();
    this.stands.behind = 0;
    this.stands.foreseen = [];
    return this.conflicts(id);
  }

  async abortOperation(id: SessionId): Promise<void> {
    this.#called('abortOperation', id);
    this.#over();
  }

  #over(): void {
    this.operation = null;
    this.standing = [];
    this.#resolved = [];
  }

  async handOverConflicts(id: SessionId): Promise<void> {
    this.#called('handOverConflicts', id);
    this.append(id, { kind: 'prompt', uuid: 'handed-over', text: 'Resolve these conflicts.', images: 0 });
  }

  async pushPlan(id: SessionId): Promise<PushPlan> {
    const branch = this.session(id).summary.branch ?? 'HEAD';
    const { unpushed: ahead, remoteHas: behind } = this.stands;
    const upstream = behind > 0 ? `origin/${branch}` : null;
    return { branch, head: commitId(1), remotes, upstream, ahead, behind };
  }

  async push(id: SessionId, asked: PushRequest): Promise<boolean> {
    this.#called('push', id, asked);
    if (this.stands.hangs) {
      await new Promise<void>((cancelled) => (this.#cancelled = cancelled));
      return false;
    }
    if (this.stands.remoteHas > 0 && !asked.force_with_lease)
      throw no('git_failed', 'The remote has commits that this branch does not have.', 'Nothing was pushed.');
    this.stands.unpushed = 0;
    this.stands.remoteHas = 0;
    return true;
  }

  async cancelPush(id: SessionId): Promise<void> {
    this.#called('cancelPush', id);
    this.#cancelled();
  }

  async remoteHas(id: SessionId, asked: PushRequest): Promise<RemoteHas> {
    this.#called('remoteHas', id, asked);
    if (this.stands.has === null)
      throw no('git_failed', `"${asked.remote}" did not answer, so what it has by now is not known.`);
    return this.stands.has;
  }

  async forge(_id: SessionId): Promise<ForgeView> {
    return forgeView(this.scene, this.request);
  }

  async openPullRequest(id: SessionId, title: string, body: string, draft: boolean): Promise<PullRequest> {
    this.#called('openPullRequest', id, title, body, draft);
    return (this.request = { ...request, title, draft, comments: [] });
  }

  async sendFeedback(id: SessionId, feedback: Feedback): Promise<void> {
    this.#called('sendFeedback', id, feedback);
  }
}
