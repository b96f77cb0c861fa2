import { SvelteMap } from 'svelte/reactivity';
import type {
  ArchivedWorktree,
  CanGo,
  DiskUse,
  Problem,
  PutAway,
  SessionId,
  SessionSummary,
  Suggestion,
  WorktreeSize,
  WorktreeView,
  Worktrees,
} from '../backend/types';
import { t } from '../i18n/index.svelte';
import type { Bosk } from './bosk.svelte';
import { asProblem } from './connection';
import { several } from './several';
import { listed, type Known, type Order, type Show } from './worktrees';
import { oneEach } from './window.svelte';

export const views = ['there', 'archived', 'disk'] as const;
export type View = (typeof views)[number];

/** Something that can go, of a repository. */
export interface Waste {
  repository: string;
  suggestion: Suggestion;
}

/** What is asked about before it is done. */
export type Asked =
  | { about: 'archive'; repository: string; worktree: WorktreeView }
  | { about: 'delete'; repository: string; worktree: WorktreeView }
  | { about: 'delete-archived'; archived: ArchivedWorktree }
  | { about: 'clean'; what: CanGo['kind']; wastes: readonly Waste[] }
  | { about: 'hand-over'; session: SessionSummary };

/** Where the session that is being launched will work: in a worktree, or on a branch, that is there. */
export interface There {
  repository: string;
  worktree: WorktreeView | null;
  branch: string | null;
}

/** Folders that are measured at the same time: more would only wait for the disk. */
const AT_ONCE = 2;

/** The worktrees of the repository that is looked at, what was put away of them, and what Bosk uses of the disk. */
export class WorktreesState {
  view = $state<View>('there');
  repository = $state('');
  text = $state('');
  show = $state<Show>('all');
  order = $state<Order>('latest');
  /** The worktree that keys are about: its folder. */
  chosen = $state<string | null>(null);
  all = $state.raw<Worktrees | null>(null);
  problem = $state.raw<Problem | null>(null);
  looking = $state(false);
  disk = $state.raw<DiskUse | null>(null);
  diskProblem = $state.raw<Problem | null>(null);
  readonly sizes = new SvelteMap<string, WorktreeSize>();
  /** Folders that are being measured. */
  readonly measuring = new SvelteMap<string, true>();
  asked = $state.raw<Asked | null>(null);
  launching = $state.raw<There | null>(null);
  #asked = 0;
  #diskAsked = 0;

  constructor(readonly bosk: Bosk) {}

  readonly known: Known = {
    sizes: this.sizes,
    isAlive: (id) => this.isAlive(id),
    titleOf: (id) => this.bosk.store.sessions.get(id)?.title ?? null,
  };

  readonly rows = $derived.by(() => {
    const { text, show, order } = this;
    return listed(this.all?.items ?? [], { text, show, order }, this.known);
  });

  readonly current = $derived(this.rows.find(({ folder }) => folder === this.chosen) ?? null);

  isAlive(id: SessionId): boolean {
    const session = this.bosk.store.sessions.get(id);
    return session !== undefined && session.state !== 'ended';
  }

  /** The sessions that work in one and have not ended. */
  aliveIn({ sessions }: WorktreeView): SessionSummary[] {
    return sessions.flatMap((id) => (this.isAlive(id) ? (this.bosk.store.sessions.get(id) ?? []) : []));
  }

  /** Opens the view on a repository, and on one of its worktrees. */
  open(repository: string, folder: string | null = null): void {
    this.view = 'there';
    this.text = '';
    this.show = 'all';
    this.choose(repository);
    this.chosen = folder;
    if (this.bosk.page !== 'worktrees') this.bosk.togglePage('worktrees');
  }

  choose(repository: string): void {
    if (this.repository === repository) return;
    this.repository = repository;
    this.all = null;
    this.problem = null;
    this.chosen = null;
  }

  /** Looks at the repository afresh. What was there stays on screen meanwhile. */
  async look(): Promise<void> {
    const { repository } = this;
    if (!repository) return;
    const asked = ++this.#asked;
    this.looking = true;
    try {
      const all = await this.bosk.backend.worktrees(repository);
      if (asked !== this.#asked) return;
      this.all = all;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    } finally {
      if (asked === this.#asked) this.looking = false;
    }
  }

  async lookAtDisk(): Promise<void> {
    const asked = ++this.#diskAsked;
    try {
      const disk = await this.bosk.backend.diskUse();
      if (asked !== this.#diskAsked) return;
      this.disk = disk;
      this.diskProblem = null;
    } catch (error) {
      if (asked === this.#diskAsked) this.diskProblem = asProblem(error);
    }
  }

  /** Looks again at whatever is on screen. */
  async again(): Promise<void> {
    await (this.view === 'disk' ? this.lookAtDisk() : this.look());
  }

  step(by: 1 | -1): void {
    const at = this.rows.findIndex(({ folder }) => folder === this.chosen);
    const next = at < 0 ? (by > 0 ? 0 : this.rows.length - 1) : at + by;
    this.chosen = this.rows[next]?.folder ?? this.chosen;
  }

  /** How large one is; none where that could not be found out. */
  async measure(folder: string): Promise<WorktreeSize | undefined> {
    if (this.measuring.has(folder)) return undefined;
    this.measuring.set(folder, true);
    const size = await this.bosk.attempt(this.bosk.backend.worktreeSize(folder));
    this.measuring.delete(folder);
    if (size) this.sizes.set(folder, size);
    return size;
  }

  async measureAll(): Promise<void> {
    const wanted = this.rows.filter(({ missing, folder }) => !missing && !this.sizes.has(folder));
    await several(wanted, AT_ONCE, async ({ folder }) => void (await this.measure(folder)));
  }

  ask(asked: Asked): void {
    this.asked = asked;
    this.bosk.sheet = 'worktree';
  }

  /** Launches a session into a worktree, or onto a branch, that is there. */
  launchAt(there: Pick<There, 'worktree' | 'branch'>): void {
    this.launching = { repository: this.repository, ...there };
    this.bosk.sheet = 'launch-there';
  }

  /** What builds made in one, to be looked at before it goes. */
  async askToClean(repository: string, { folder, branch }: WorktreeView): Promise<void> {
    const size = this.sizes.get(folder) ?? (await this.measure(folder));
    if (!size) return;
    if (size.folders.length === 0) {
      this.bosk.said = t('worktrees.noBuilds');
      return;
    }
    const what: CanGo = { kind: 'builds', folders: size.folders };
    const suggestion = { what, place: folder, branch, bytes: size.builds };
    this.ask({ about: 'clean', what: 'builds', wastes: [{ repository, suggestion }] });
  }

  async adopt(repository: string, folder: string): Promise<void> {
    await this.#change(this.bosk.backend.adoptWorktree(repository, folder), t('worktrees.adopted'));
  }

  async release(repository: string, folder: string): Promise<void> {
    await this.#change(this.bosk.backend.releaseWorktree(repository, folder), t('worktrees.released'));
  }

  async #change(work: Promise<void>, words: string): Promise<void> {
    const done = await this.bosk.attempt(work.then(() => true));
    if (done) this.bosk.said = words;
    await this.look();
  }

  /** Says that something went away, and offers to put it back. */
  sayGone(words: string, { archive }: PutAway): void {
    if (archive === null) this.bosk.said = words;
    else this.bosk.sayUndoable(words, () => void this.restore([archive]));
    void this.again();
  }

  /** Puts back what was put away; where it is now is said. */
  async restore(archives: readonly string[]): Promise<void> {
    const { backend } = this.bosk;
    let folder: string | undefined;
    for (const archive of archives) folder = (await this.bosk.attempt(backend.restore(archive))) ?? folder;
    if (folder !== undefined) this.bosk.said = t('worktrees.restored', { folder });
    if (this.bosk.page === 'worktrees') await this.again();
  }

  /** Says that sessions were removed, and offers to put back those whose worktrees were put away with them. */
  saySessionsGone(words: string, sessions: readonly SessionSummary[]): void {
    const own = sessions.filter(({ worktree }) => worktree);
    if (own.length === 0) this.bosk.said = words;
    else this.bosk.sayUndoable(words, () => void this.#bringBack(own));
  }

  async #bringBack(sessions: readonly SessionSummary[]): Promise<void> {
    const wanted = new Set<SessionId | null>(sessions.map(({ id }) => id));
    const found: string[] = [];
    for (const repository of new Set(sessions.map(({ repository_path }) => repository_path))) {
      const all = await this.bosk.attempt(this.bosk.backend.worktrees(repository));
      // The newest of each: it may have been put away before.
      for (const { id, session } of all?.archived ?? []) if (wanted.delete(session)) found.push(id);
    }
    if (found.length === 0) this.bosk.said = t('worktrees.notFound');
    else await this.restore(found);
  }
}

/** Of a window. */
export const worktreesOf = oneEach((bosk) => new WorktreesState(bosk));
