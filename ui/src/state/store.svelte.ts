import type {
  AuthStatus,
  CliStatus,
  Earlier,
  Event,
  ForeignSession,
  InboxItem,
  Overlap,
  Problem,
  QueuedTask,
  RecentRepository,
  Schedule,
  SessionId,
  SessionSummary,
  Settings,
  Snapshot,
} from '../backend/types';
import type { Conversation } from './conversation.svelte';
import { noSettings } from './defaults';
import { waiting } from './queue';
import { UsageState } from './usage.svelte';

const none: Earlier = { counts: {}, cost_usd: 0 };

/** Told of what concerns one session, until the returned function is called. */
function hears(all: Set<(id: SessionId) => void>, id: SessionId, tell: () => void): () => void {
  const hear = (changed: SessionId) => {
    if (changed === id) tell();
  };
  all.add(hear);
  return () => void all.delete(hear);
}

/** What the window knows: the snapshot, and every event since folded into it. Asks nothing of the backend. */
export class Store {
  ready = $state(false);
  /** One signal for all rows: a thousand of them cost the first picture 10 ms. */
  #changes = $state(0);
  readonly #sessions = new Map<SessionId, SessionSummary>();
  #foreign = $state.raw<ForeignSession[]>([]);
  /** Sessions that were started elsewhere. One that was taken over is told here for a moment longer. */
  readonly foreign = $derived(this.#foreign.filter(({ id }) => !this.sessions.has(id)));
  /** Tasks that are not over, in their places. */
  queue = $state.raw<QueuedTask[]>([]);
  /** Those that wait, in the order of their turns. */
  readonly waiting = $derived(waiting(this.queue, this.sessions));
  /** What is added to the queue by itself. */
  schedules = $state.raw<Schedule[]>([]);
  /** What waits for the person in any session, the oldest first. */
  inbox = $state.raw<InboxItem[]>([]);
  /** Which sessions change the same files. */
  overlaps = $state.raw<Overlap[]>([]);
  /** What the sessions come to that are not here yet. */
  earlier = $state.raw<Earlier>(none);
  settings = $state.raw<Settings>(noSettings);
  repositories = $state.raw<RecentRepository[]>([]);
  cli = $state.raw<CliStatus>({ status: 'unknown' });
  auth = $state.raw<AuthStatus | null>(null);
  problems = $state.raw<Problem[]>([]);
  platform = $state('linux');
  /** The session that is on screen. */
  conversation = $state.raw<Conversation | null>(null);
  readonly usage = new UsageState();
  /** What the menu asks for; whoever starts the window listens. */
  onMenu: (action: string) => void = () => undefined;
  /** Who looks at the folders of sessions. */
  readonly #folders = new Set<(id: SessionId) => void>();
  readonly #comments = new Set<(id: SessionId) => void>();

  get sessions(): ReadonlyMap<SessionId, SessionSummary> {
    void this.#changes;
    return this.#sessions;
  }

  takeSession(summary: SessionSummary): void {
    this.#sessions.set(summary.id, summary);
    this.#changes += 1;
  }

  takeSnapshot(snapshot: Snapshot): void {
    this.#sessions.clear();
    for (const session of snapshot.sessions) this.#sessions.set(session.id, session);
    this.#changes += 1;
    this.#foreign = snapshot.foreign;
    this.queue = snapshot.queue;
    this.schedules = snapshot.schedules;
    this.inbox = snapshot.inbox;
    this.overlaps = snapshot.overlaps;
    this.#forget();
    this.earlier = snapshot.earlier;
    this.settings = snapshot.settings;
    this.repositories = snapshot.repositories;
    this.cli = snapshot.cli;
    this.auth = snapshot.auth;
    this.platform = snapshot.platform;
    for (const problem of snapshot.problems) this.addProblem(problem);
    this.ready = true;
  }

  /** Tells each time a session's folder has changed, while somebody has it watched; until the returned function is called. */
  onFolder(id: SessionId, tell: () => void): () => void {
    return hears(this.#folders, id, tell);
  }

  /** The same of what is kept of its review: comments that another window, or the command line, has written. */
  onComments(id: SessionId, tell: () => void): () => void {
    return hears(this.#comments, id, tell);
  }

  apply(event: Event): void {
    switch (event.type) {
      case 'session':
        this.takeSession(event.summary);
        break;
      case 'session_gone':
        this.#sessions.delete(event.id);
        this.#changes += 1;
        this.#forget();
        break;
      case 'older':
        for (const session of event.sessions) this.#sessions.set(session.id, session);
        this.#changes += 1;
        this.earlier = event.earlier;
        break;
      case 'entries':
        if (this.conversation?.id === event.id) this.conversation.applyEntries(event);
        break;
      case 'partials':
        if (this.conversation?.id === event.id) this.conversation.applyPartials(event);
        break;
      case 'waiting':
        if (this.conversation?.id === event.id) this.conversation.applyWaiting(event);
        break;
      case 'offer':
        if (this.conversation?.id === event.id) this.conversation.applyOffer(event.offer);
        break;
      case 'usage':
        this.usage.take(event);
        break;
      case 'foreign':
        this.#foreign = event.sessions;
        this.#forget();
        break;
      case 'queue':
        this.queue = event.tasks;
        break;
      case 'schedules':
        this.schedules = event.schedules;
        break;
      case 'inbox':
        this.inbox = event.items;
        break;
      case 'folder':
        for (const hear of this.#folders) hear(event.id);
        break;
      case 'comments':
        for (const hear of this.#comments) hear(event.id);
        break;
      case 'overlaps':
        this.overlaps = event.overlaps;
        break;
      case 'settings':
        this.settings = event.settings;
        break;
      case 'cli':
        this.cli = event.cli;
        break;
      case 'auth':
        this.auth = event.auth;
        break;
      case 'repositories':
        this.repositories = event.repositories;
        break;
      case 'problem':
        this.addProblem(event.problem);
        break;
      case 'menu':
        this.onMenu(event.action);
        break;
    }
  }

  /** What was measured of sessions that are gone. */
  #forget(): void {
    const elsewhere = new Set(this.#foreign.map(({ id }) => id));
    this.usage.keep((id) => this.#sessions.has(id) || elsewhere.has(id));
  }

  /** Shows a problem that belongs to no place of its own; the same one is not shown twice. */
  addProblem(problem: Problem): void {
    const same = (other: Problem) => other.code === problem.code && other.message === problem.message;
    if (!this.problems.some(same)) this.problems = [...this.problems, problem];
  }

  dismiss(problem: Problem): void {
    this.problems = this.problems.filter((other) => other !== problem);
  }
}
