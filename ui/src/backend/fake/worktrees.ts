import type { RemovalPlan, RemovalToken, WorktreeSize, WorktreeView, Worktrees } from '../types';
import { Plans } from './plans';
import { archivedTrees, mainTree, sizeOf, tree, trees } from './trees';
import { no } from './world';

/** The worktrees of repositories: roughly as the real ones. */
export class Trees extends Plans {
  protected readonly repositories = new Map<string, Worktrees>();
  /** How often something was written in a folder since it was looked at. */
  readonly #writes = new Map<string, number>();
  protected readonly cleaned = new Set<string>();

  /** Somebody writes in a folder: what was looked at before is no longer so. */
  write(folder: string): void {
    this.#writes.set(folder, (this.#writes.get(folder) ?? 0) + 1);
  }

  protected known(repository: string): Worktrees {
    const known = this.repositories.get(repository);
    if (known) return known;
    if (repository.includes('plain'))
      throw no('not_a_repository', `${repository} is not inside a git repository.`, 'Choose another folder.');
    const name = repository.split('/').at(-1) ?? repository;
    const full = this.scene === 'worktrees' && name === 'shop';
    const branches = full ? ['try-the-new-bundler', 'bump-linters'] : [];
    const now = Date.now();
    const items = full ? trees(now) : [mainTree(repository), ...this.#ofSessions(repository)];
    const made = { repository, name, items, archived: full ? archivedTrees(now) : [], branches };
    this.repositories.set(repository, made);
    return made;
  }

  #ofSessions(repository: string): WorktreeView[] {
    return [...this.sessions.values()].flatMap(({ summary }) =>
      summary.worktree && summary.repository_path === repository
        ? [
            tree({
              folder: `/home/mina/.bosk/worktrees/shop/${summary.branch ?? ''}`,
              sessions: [summary.id],
              ahead: 2,
            }),
          ]
        : [],
    );
  }

  protected tree(repository: string, folder: string): WorktreeView {
    const found = this.known(repository).items.find((one) => one.folder === folder);
    if (!found) throw no('worktree_failed', 'The repository has no such worktree any more.', 'Look again.');
    return found;
  }

  protected token(folder: string): RemovalToken {
    return { head: 'a', snapshot: String(this.#writes.get(folder) ?? 0), worktree: folder };
  }

  protected checkToken(folder: string, { snapshot }: RemovalToken): void {
    if (snapshot !== this.token(folder).snapshot)
      throw no(
        'session_state',
        'The folder has changed since it was looked at, so nothing was removed.',
        'Look at what would go now.',
      );
  }

  protected changeTrees(repository: string, change: Partial<Worktrees>): void {
    this.repositories.set(repository, { ...this.known(repository), ...change });
  }

  #become(repository: string, folder: string, origin: WorktreeView['origin']): void {
    this.tree(repository, folder);
    const items = this.known(repository).items.map((one) =>
      one.folder === folder ? { ...one, origin } : one,
    );
    this.changeTrees(repository, { items });
  }

  async worktrees(repository: string): Promise<Worktrees> {
    return structuredClone(this.known(repository));
  }

  async worktreeSize(folder: string): Promise<WorktreeSize> {
    return this.cleaned.has(folder) ? { ...sizeOf(folder), builds: 0, folders: [] } : sizeOf(folder);
  }

  async adoptWorktree(repository: string, folder: string): Promise<void> {
    this.#become(repository, folder, 'adopted');
  }

  async releaseWorktree(repository: string, folder: string): Promise<void> {
    this.#become(repository, folder, 'other');
  }

  async archivePlan(repository: string, folder: string): Promise<RemovalPlan> {
    const { branch, ahead, modified, untracked, conflicted, origin } = this.tree(repository, folder);
    if (origin === 'other')
      throw no('session_state', 'Bosk did not make this worktree, so it only looks at it.');
    return {
      token: this.token(folder),
      folder,
      branch,
      own_commits: ahead,
      merged: null,
      uncommitted: modified + untracked + conflicted > 0,
      ignored: [
        { path: 'node_modules/', bytes: 412_000_000 },
        { path: '.env', bytes: 312 },
      ],
      ignored_total: 2,
      nested: folder.endsWith('login-redirect') ? ['vendor/fork'] : [],
    };
  }
}
