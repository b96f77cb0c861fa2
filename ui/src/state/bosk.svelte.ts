import { createContext } from 'svelte';
import type { Backend } from '../backend';
import type { WindowKind } from '../backend/backend';
import type { InboxItem, QueuedTask, SessionId, SessionSummary } from '../backend/types';
import { asProblem, type Connection } from './connection';
import { Fleet } from './fleet.svelte';
import { Inbox } from './inbox.svelte';
import { Looking } from './looking';
import { Queue } from './queue.svelte';
import type { Store } from './store.svelte';

export type Sheet =
  | 'launch'
  | 'batch'
  | 'palette'
  | 'shortcuts'
  | 'settings'
  | 'remove'
  | 'limits'
  | 'kill'
  | 'quit'
  | 'cancel-task'
  | 'trust-task'
  | 'dependencies'
  | 'costs'
  | 'rewind'
  | 'fork'
  | 'earlier'
  | 'variants'
  | 'templates'
  | 'schedules'
  | 'worktree'
  | 'launch-there'
  | 'picked-message'
  | 'picked-remove'
  | 'picked-cancel'
  | 'picked-result'
  | 'finish'
  | 'log'
  | 'conflicts'
  | 'edit';

/** A view that takes the place of a session, beside the inbox. */
export type Page = 'worktrees';

/** One of the person's messages, which something is about. */
export interface Said {
  session: SessionId;
  message: string;
  text: string;
}

/** The window as a whole: what is known, what can be asked for, and what is open. */
export class Bosk {
  /** Which window this is. */
  readonly kind: WindowKind = 'main';
  selected = $state<SessionId | null>(null);
  /** The session whose transcript is on its way. */
  reading = $state<SessionId | null>(null);
  sheet = $state<Sheet | null>(null);
  /** The message that a sheet is about. */
  about = $state.raw<Said | null>(null);
  /** Rows that something is done to together. */
  picked = $state.raw<ReadonlySet<SessionId>>(new Set());
  readonly #wide = matchMedia('(min-width: 901px)');
  /** A narrow window has no room for it beside the session: over it, it opens only when it is asked for. */
  panelOpen = $state(this.#wide.matches);
  drawerOpen = $state(false);
  finding = $state(false);
  /** Said aloud, where what was done shows nowhere near. */
  said = $state('');
  /** How what these words tell of is undone: offered while they are what is said. */
  undo = $state.raw<{ words: string; run: () => void } | null>(null);
  /** Whose composer, or question, takes the focus once it is on screen. */
  arriving: SessionId | null = null;
  /** The task on screen, until it is a session: then that is shown. */
  awaited = $state<SessionId | null>(null);
  readonly fleet: Fleet;
  readonly queue: Queue;
  readonly inbox: Inbox;
  /** What is on screen in the place of a session. */
  page = $state<Page | null>(null);
  /** What was on screen before the inbox or a page was. */
  #before: SessionId | null = null;
  /** The request that is to be shown first where several wait in a session. */
  wantedAsk = $state<string | null>(null);
  /** Whether it is being asked what an interruption does to messages that wait. */
  interrupting = $state(false);
  readonly #looking: Looking;
  #asked = 0;

  constructor(
    readonly store: Store,
    readonly backend: Backend,
    readonly connection: Connection,
  ) {
    this.fleet = new Fleet(store);
    this.inbox = new Inbox(store);
    this.queue = new Queue(store, backend, (work) => this.attempt(work));
    this.#looking = new Looking((wanted) => void backend.look(wanted).catch(() => undefined));
    this.#wide.addEventListener('change', ({ matches }) => {
      if (!matches) this.panelOpen = false;
    });
  }

  /** Says what was done, and offers to undo it. */
  sayUndoable(words: string, run: () => void): void {
    this.said = words;
    this.undo = { words, run };
  }

  get session(): SessionSummary | null {
    return (this.selected && this.store.sessions.get(this.selected)) || null;
  }

  /** The task that is on screen: one that is no session yet. */
  get task(): QueuedTask | null {
    if (this.session) return null;
    return this.store.queue.find(({ id }) => id === this.selected) ?? null;
  }

  /** The repository of what is on screen, or the one that was used last. */
  get repository(): string {
    const shown = this.session ?? this.task;
    return shown?.repository_path ?? this.store.repositories[0]?.path ?? '';
  }

  /** Goes to a session that was just launched, and takes the focus there. */
  enter(id: SessionId | null): void {
    this.arriving = id;
    this.select(id);
  }

  select(id: SessionId | null): void {
    this.drawerOpen = false;
    this.inbox.open = false;
    this.page = null;
    this.interrupting = false;
    if (this.arriving !== id) this.arriving = null;
    if (this.selected === id && (this.store.conversation || this.reading)) return;
    this.selected = id;
    this.finding = false;
    this.awaited = this.task?.id ?? null;
    // Of a task there is nothing to be read yet.
    const wanted = this.awaited ? null : id;
    this.reading = wanted;
    const asked = ++this.#asked;
    void this.connection.watch(wanted).finally(() => {
      if (asked === this.#asked) this.reading = null;
    });
  }

  /** Opens what waits for the person in any session; a second time goes back. */
  toggleInbox(): void {
    if (this.inbox.open) return this.goBack();
    this.#clear();
    this.inbox.show();
  }

  /** Opens a view in the place of a session; a second time goes back. */
  togglePage(page: Page): void {
    if (this.page === page) return this.goBack();
    this.#clear();
    this.page = page;
  }

  /** Nothing that is out of sight is read on, or reached by a key. */
  #clear(): void {
    if (!this.inbox.open && !this.page) this.#before = this.selected;
    this.select(null);
  }

  /** To what was on screen before the inbox or a page was. */
  goBack(): void {
    const id = this.#before;
    this.enter(
      id && (this.store.sessions.has(id) || this.store.queue.some((task) => task.id === id)) ? id : null,
    );
  }

  /** Goes to a session where it asks this. */
  enterAsk({ session, ask }: InboxItem): void {
    this.wantedAsk = ask.request_id;
    this.enter(session);
  }

  /** Ends the turn; where messages wait, it is asked first what becomes of them. */
  interrupt(): void {
    const { session } = this;
    if (!session) return;
    const waits = this.store.conversation?.id === session.id && this.store.conversation.queue.length > 0;
    if (waits) this.interrupting = true;
    else void this.attempt(this.backend.interrupt(session.id, null));
  }

  /** Takes over a conversation that was begun elsewhere, and goes there. */
  async takeOver(id: SessionId): Promise<void> {
    const taken = await this.attempt(this.backend.adopt(id).then(() => true));
    if (taken) this.enter(id);
  }

  /** Goes along the fleet as it is shown, or along what waits where that is shown. */
  step(by: 1 | -1): void {
    if (this.inbox.open) this.inbox.step(by);
    else this.stepAlong(by);
  }

  /** Goes along the fleet as it is shown. */
  stepAlong(by: 1 | -1): void {
    this.fleet.hold();
    const ids = this.fleet.rows.map((session) => session.id);
    const at = this.selected ? ids.indexOf(this.selected) : -1;
    const next = at < 0 ? ids[by > 0 ? 0 : ids.length - 1] : ids[at + by];
    if (next) this.select(next);
  }

  /** Somebody looks at figures from here on, until the returned function is called. */
  lookAtUsage(): () => void {
    return this.#looking.begin();
  }

  /** Ends the app: at once where nothing would be left behind, or where it is known what to do then. */
  quit(): void {
    const isAlive = [...this.store.sessions.values()].some(({ state }) => state !== 'ended');
    const { quit } = this.store.settings;
    if (isAlive && !quit) this.sheet = 'quit';
    else void this.attempt(this.backend.quit(isAlive && quit ? quit : 'leave_running', false));
  }

  /** Does something whose failure belongs to no place of its own. */
  async attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.store.addProblem(asProblem(error));
      return undefined;
    }
  }

  /** Ctrl, or ⌘ on a Mac, as it is written there. */
  get mod(): string {
    return this.store.platform === 'macos' ? '⌘' : 'Ctrl';
  }

  keys(...keys: string[]): string {
    return keys.join(this.store.platform === 'macos' ? '' : '+');
  }
}

export const [useBosk, provideBosk] = createContext<Bosk>();
