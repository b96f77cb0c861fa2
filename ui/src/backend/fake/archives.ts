import { rests } from '../../state/ending';
import type {
  DeletePlan,
  DiskUse,
  Ending,
  Loss,
  PutAway,
  RemovalToken,
  SessionId,
  WorktreeView,
} from '../types';
import { lossesOf, sizeOf, suggestions, tree } from './trees';
import { no, type Session } from './world';
import { Trees } from './worktrees';

/** What goes into the trash and comes back, what goes for good, and what all of it takes of the disk. */
export class Archives extends Trees {
  /** What went away, by what it is called in the trash. */
  readonly #away = new Map<string, { tree: WorktreeView; removed: Session | null }>();
  #made = 0;

  async archive(repository: string, folder: string, token: RemovalToken, ending: Ending): Promise<PutAway> {
    this.calls.push({ name: 'archive', args: [repository, folder, token, ending] });
    this.checkToken(folder, token);
    await this.#endAll(this.tree(repository, folder).sessions, ending);
    return this.#putAway(repository, this.tree(repository, folder), true, null);
  }

  /** Ends those that were agreed to, as they were seen; refuses where another one is at work. */
  async #endAll(ids: readonly SessionId[], { resting, working }: Ending): Promise<void> {
    for (const id of ids) {
      const session = this.sessions.get(id)?.summary;
      if (!session || session.state === 'ended') continue;
      if (!working.includes(id) && !(resting.includes(id) && rests(session)))
        throw no('session_state', 'A session runs in the worktree, so it was left alone.', 'Stop it first.');
      await this.stop(id);
    }
  }

  #putAway(repository: string, one: WorktreeView, whole: boolean, removed: Session | null): PutAway {
    const { items, archived } = this.known(repository);
    const id = `away-${++this.#made}`;
    const snapshot = 'feed'.padEnd(40, '0');
    this.#away.set(id, { tree: one, removed });
    const entry = {
      id,
      folder: one.folder,
      branch: one.branch,
      branch_stays: true,
      session: one.sessions[0] ?? null,
      with_session: removed !== null,
      at: Date.now(),
      snapshot,
      whole,
      bytes: whole ? sizeOf(one.folder).bytes : 0,
      expires_at: null,
    };
    this.changeTrees(repository, {
      items: items.filter(({ folder }) => folder !== one.folder),
      archived: [entry, ...archived],
    });
    return { archive: one.missing ? null : id, snapshot };
  }

  async restore(archive: string): Promise<string> {
    this.calls.push({ name: 'restore', args: [archive] });
    for (const [repository, { items, archived }] of this.repositories) {
      const entry = archived.find(({ id }) => id === archive);
      if (!entry) continue;
      const { folder, branch } = entry;
      const away = this.#away.get(archive);
      const back = away?.tree ?? tree({ folder, branch });
      this.changeTrees(repository, {
        items: [...items, back],
        archived: archived.filter((one) => one !== entry),
      });
      if (away?.removed) {
        const { summary } = away.removed;
        this.sessions.set(summary.id, away.removed);
        this.emit({ type: 'session', summary });
      }
      return folder;
    }
    throw no('worktree_failed', 'It is no longer in the trash, so it cannot be restored.');
  }

  async deletePlan(repository: string, folder: string): Promise<DeletePlan> {
    const one = this.tree(repository, folder);
    const losses = lossesOf(one);
    const { ignored } = await this.archivePlan(repository, folder);
    const shown = losses.some(({ kind }) => kind === 'ignored') ? ignored : [];
    return { token: this.token(folder), folder, branch: one.branch, losses, ignored: shown };
  }

  async deleteWorktree(
    repository: string,
    folder: string,
    token: RemovalToken,
    branch: boolean,
    ending: Ending,
  ): Promise<PutAway> {
    this.calls.push({ name: 'deleteWorktree', args: [repository, folder, token, branch, ending] });
    this.checkToken(folder, token);
    await this.#endAll(this.tree(repository, folder).sessions, ending);
    return this.#putAway(repository, this.tree(repository, folder), false, null);
  }

  async archivedDeletePlan(archive: string): Promise<DeletePlan> {
    const entry = [...this.repositories.values()]
      .flatMap(({ archived }) => archived)
      .find(({ id }) => id === archive);
    if (!entry) throw no('worktree_failed', 'It is no longer in the trash.');
    const { folder, branch, whole, branch_stays } = entry;
    const losses: Loss[] = whole ? [{ kind: 'ignored', entries: 2, bytes: 412_000_312 }] : [];
    if (!branch_stays) losses.push({ kind: 'unmerged', commits: 2 });
    return { token: this.token(folder), folder, branch, losses, ignored: [] };
  }

  async deleteArchived(archive: string, token: RemovalToken, snapshots: boolean): Promise<void> {
    this.calls.push({ name: 'deleteArchived', args: [archive, token, snapshots] });
    for (const [repository, { archived }] of this.repositories)
      this.changeTrees(repository, { archived: archived.filter(({ id }) => id !== archive) });
  }

  async diskUse(): Promise<DiskUse> {
    const repositories = this.scene === 'worktrees' ? ['/home/mina/work/shop'] : [];
    return {
      repositories: repositories.map((repository) => {
        const { name, items, archived } = this.known(repository);
        const ours = items.filter(({ origin, missing }) => origin === 'bosk' && !missing);
        const sum = (of: (folder: string) => number) => ours.reduce((all, { folder }) => all + of(folder), 0);
        const builds = (folder: string) => (this.cleaned.has(folder) ? 0 : sizeOf(folder).builds);
        return {
          repository,
          name,
          worktrees: sum((folder) => sizeOf(folder).bytes),
          builds: sum(builds),
          archived: archived.reduce((all, { bytes }) => all + bytes, 0),
          snapshots: archived.length,
          unknown_snapshots: 0,
          suggestions: suggestions(items, archived).filter(
            ({ what, place }) => what.kind !== 'builds' || !this.cleaned.has(place),
          ),
        };
      }),
      journals: 182_000_000,
      free: 61_000_000_000,
    };
  }

  async cleanBuilds(repository: string, folder: string, folders: string[]): Promise<number> {
    this.calls.push({ name: 'cleanBuilds', args: [repository, folder, folders] });
    const { builds } = await this.worktreeSize(folder);
    this.cleaned.add(folder);
    return builds;
  }

  async handOver(id: SessionId, to: 'repository' | 'worktree'): Promise<string> {
    this.calls.push({ name: 'handOver', args: [id, to] });
    const { summary } = this.session(id);
    const own = `/home/mina/.bosk/worktrees/shop/${summary.branch ?? ''}`;
    const folder = to === 'repository' ? summary.repository_path : own;
    this.update(id, { folder, worktree: to === 'worktree' });
    return folder;
  }

  /** A session in a worktree goes into the trash with it. */
  override async removeSession(
    id: SessionId,
    token?: RemovalToken,
    ending: Ending = { resting: [], working: [id] },
  ): Promise<void> {
    this.calls.push({ name: 'removeSession', args: [id, token, ending] });
    await this.#endAll([id], ending);
    const session = this.session(id);
    const { worktree, repository_path } = session.summary;
    if (worktree) {
      const { items } = this.known(repository_path);
      const one = items.find(({ sessions }) => sessions.includes(id));
      if (one) this.#putAway(repository_path, one, true, session);
    }
    await super.removeSession(id, token, ending);
  }
}
