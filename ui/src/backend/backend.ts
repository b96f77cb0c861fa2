import type { MergingBackend } from './merging';
import type { PlanningBackend } from './planning';
import type { ReviewBackend } from './review';
import type { SessionBackend } from './session';
import type { TerminalsBackend } from './terminals';
import type {
  Addition,
  Answer,
  AuthStatus,
  Batch,
  CliStatus,
  Image,
  Killed,
  LaunchPlan,
  LaunchSpec,
  Limits,
  Page,
  Priority,
  Quit,
  RepositoryInfo,
  SessionId,
  SessionView,
  SetupChoice,
  Settings,
  Snapshot,
  TrustReport,
} from './types';
import type { UsageBackend } from './usage';
import type { WorktreesBackend } from './worktrees';

/** The windows that there are. */
export type WindowKind = 'main' | 'monitor' | 'session' | 'strip';

/** What the first picture does without. */
export interface Rest
  extends
    SessionBackend,
    PlanningBackend,
    UsageBackend,
    WorktreesBackend,
    ReviewBackend,
    MergingBackend,
    TerminalsBackend {}

/**
 * Everything the window can ask of Bosk. Each call rejects with a `Problem`.
 * `tauri.ts` is the real one, `fake.ts` its twin in memory.
 */
export interface Backend extends Rest {
  /** A snapshot that came with the page, of what the first picture shows. */
  first(): Snapshot | null;
  /** What the first picture shows, or all there is. What changes from then on is kept for who listens. */
  snapshot(all: boolean): Promise<Snapshot>;
  /** Hears of every change after `seq`; false when some of them have been told already. */
  listen(seq: number, onBatch: (batch: Batch) => void): Promise<boolean>;
  /** The first picture stands: what would have held it up may come. */
  opened(): Promise<void>;
  acknowledge(seq: number): Promise<void>;
  watch(id: SessionId): Promise<SessionView>;
  unwatch(id: SessionId): Promise<void>;
  transcriptPage(id: SessionId, from: number, count: number): Promise<Page>;

  describeRepository(path: string): Promise<RepositoryInfo>;
  initRepository(path: string): Promise<void>;
  planLaunch(spec: LaunchSpec): Promise<LaunchPlan>;
  trustReport(spec: LaunchSpec): Promise<TrustReport>;
  acceptTrust(spec: LaunchSpec, fingerprint: string): Promise<void>;
  /** A launch may come soon, so a process is started for it; or it will not, and none is kept. */
  expectLaunch(soon: boolean): Promise<void>;
  launch(spec: LaunchSpec): Promise<SessionId>;
  tryRehearsal(): Promise<SessionId[]>;

  /** Adds tasks to the queue; the sessions that they will be. */
  queueAdd(addition: Addition): Promise<SessionId[]>;
  /** Takes out a task that waits. */
  queueCancel(id: SessionId): Promise<void>;
  /** Its turn does not come until it is released. */
  queueHold(id: SessionId): Promise<void>;
  queueRelease(id: SessionId): Promise<void>;
  /** Puts a task before another, or at the end. */
  queueMove(id: SessionId, before: SessionId | null): Promise<void>;
  queuePrioritise(id: SessionId, priority: Priority): Promise<void>;

  send(id: SessionId, uuid: string, text: string, images: Image[]): Promise<void>;
  editQueued(id: SessionId, uuid: string, text: string): Promise<void>;
  removeQueued(id: SessionId, uuid: string): Promise<void>;
  answer(id: SessionId, requestId: string, answer: Answer): Promise<void>;
  /** Ends the turn. Where messages wait, whether they go as well; null where none did when it was asked for. */
  interrupt(id: SessionId, dropQueued: boolean | null): Promise<void>;
  stop(id: SessionId): Promise<void>;
  resume(id: SessionId): Promise<void>;
  /** Takes over a conversation that was begun elsewhere and has ended: it becomes a session of Bosk's. */
  adopt(id: SessionId): Promise<void>;
  /** Sends the last message once more, after what kept it from its answer has been put right. */
  tryAgain(id: SessionId): Promise<void>;
  answerSetup(id: SessionId, choice: SetupChoice): Promise<void>;

  /** Whether somebody looks at what is used here: then it is measured every second, and told. */
  look(wanted: boolean): Promise<void>;
  pause(id: SessionId): Promise<void>;
  goOn(id: SessionId): Promise<void>;
  pauseAll(): Promise<void>;
  goOnAll(): Promise<void>;
  /** Ends everything of it at once. */
  kill(id: SessionId): Promise<Killed>;
  setLimits(id: SessionId, limits: Limits): Promise<void>;
  /** Opens a window of its own, or raises the one that is there. */
  openWindow(kind: WindowKind, id: SessionId | null): Promise<void>;
  /** Closes the window that asks for it. */
  closeWindow(): Promise<void>;
  /** Asks where to, and writes a file there. The path's last part; null when the person thought better of it. */
  saveFile(name: string, content: Uint8Array): Promise<string | null>;
  /** Ends the app: sessions go on, or are stopped first. */
  quit(choice: Quit, remember: boolean): Promise<void>;

  saveSettings(settings: Settings): Promise<void>;
  storeToken(token: string): Promise<AuthStatus>;
  forgetToken(): Promise<AuthStatus>;
  refreshCli(): Promise<CliStatus>;
  refreshAuth(): Promise<AuthStatus>;
  pickFolder(): Promise<string | null>;
  openExternal(url: string): Promise<void>;
  /** Shows the session's folder in the system's file manager. */
  reveal(id: SessionId): Promise<void>;
  /** Keeps a choice that may be lost, such as the last model. */
  remember(key: string, value: unknown): Promise<void>;
  recall(key: string): Promise<unknown>;
}
