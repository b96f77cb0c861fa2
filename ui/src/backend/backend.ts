import type { ReviewBackend } from './review';
import type { MergingBackend } from './merging';
import type { TerminalsBackend } from './terminals';
import type {
  Addition,
  Answer,
  AuthStatus,
  Batch,
  BatchSource,
  Changes,
  Chosen,
  CliStatus,
  Effort,
  FileDiff,
  Found,
  History,
  Image,
  Killed,
  LaunchPlan,
  LaunchSpec,
  Limits,
  Page,
  PermissionMode,
  Priority,
  ProcessUsage,
  Quit,
  RemovalPlan,
  RemovalToken,
  RepositoryInfo,
  Rewind,
  RewindPlan,
  ScheduleDraft,
  SessionId,
  SessionView,
  SetupChoice,
  Settings,
  Snapshot,
  Spent,
  Subject,
  Template,
  Templates,
  ToolMark,
  TrustReport,
  VariantGroup,
  VariantView,
  Variants,
  When,
} from './types';
import type { WorktreesBackend } from './worktrees';

/** The windows that there are. */
export type WindowKind = 'main' | 'monitor' | 'session' | 'strip';

/**
 * Everything the window can ask of Bosk. Each call rejects with a `Problem`.
 * `tauri.ts` is the real one, `fake.ts` its twin in memory.
 */
export interface Backend extends WorktreesBackend, ReviewBackend, MergingBackend, TerminalsBackend {
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
  findInTranscript(id: SessionId, text: string): Promise<Found[]>;

  describeRepository(path: string): Promise<RepositoryInfo>;
  initRepository(path: string): Promise<void>;
  planLaunch(spec: LaunchSpec): Promise<LaunchPlan>;
  trustReport(spec: LaunchSpec): Promise<TrustReport>;
  acceptTrust(spec: LaunchSpec, fingerprint: string): Promise<void>;
  /** A launch may come soon, so a process is started for it; or it will not, and none is kept. */
  expectLaunch(soon: boolean): Promise<void>;
  launch(spec: LaunchSpec): Promise<SessionId>;
  tryRehearsal(): Promise<SessionId[]>;
  /** Adds attempts at the same to the queue. */
  launchVariants(variants: Variants): Promise<VariantGroup>;
  /** All of a group, by their numbers. */
  compareVariants(group: string): Promise<VariantView[]>;
  /** Keeps one of a group; the others are stopped and put away, each after a snapshot. */
  chooseVariant(group: string, id: SessionId): Promise<Chosen>;

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
  /** The prompts that a text, a table or a file comes to. */
  batchPrompts(source: BatchSource): Promise<string[]>;
  /** Asks for a file with prompts or a table: its path; null when the person thought better of it. */
  batchFile(): Promise<string | null>;

  /** Keeps a schedule, a new one or in the place of another: its id. What is there is told with the snapshot, and by events. */
  saveSchedule(draft: ScheduleDraft): Promise<string>;
  removeSchedule(id: string): Promise<void>;
  enableSchedule(id: string, enabled: boolean): Promise<void>;
  /** Adds its tasks to the queue now; the sessions that they will be. */
  runSchedule(id: string): Promise<SessionId[]>;
  /** When it would run next (milliseconds since 1970), so many times at most; refused where it cannot be understood. */
  scheduleTimes(when: When, count: number): Promise<number[]>;

  /** The templates for a repository: one's own, and those that it brings. Without one, those for all. */
  templates(repository: string | null): Promise<Templates>;
  /** Keeps one of one's own, in the place of one with the same name for the same repository. */
  saveTemplate(template: Template): Promise<void>;
  removeTemplate(name: string, repository: string | null): Promise<void>;
  /** Writes one into the `bosk.toml` of a repository, for everybody who has that: the file's path. */
  exportTemplate(template: Template, repository: string): Promise<string>;

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
  setPermissionMode(id: SessionId, mode: PermissionMode): Promise<void>;
  setModel(id: SessionId, model: string): Promise<void>;
  setEffort(id: SessionId, effort: Effort): Promise<void>;
  /** What the CLI says about itself, as it came: nothing of its form is certain. */
  askAbout(id: SessionId, subject: Subject): Promise<unknown>;
  /** Ends a task that runs in the background. */
  stopTask(id: SessionId, task: string): Promise<void>;
  reconnectServer(id: SessionId, server: string): Promise<void>;
  /** What going back to before one of the person's messages would do. Changes nothing. */
  rewindPlan(id: SessionId, message: string): Promise<RewindPlan>;
  /** Goes back to before a message; refused where the folder is no longer as the plan saw it. */
  rewind(id: SessionId, message: string, what: Rewind, now: string | null): Promise<void>;
  /** Takes the last going back back, while no message was sent since. */
  undoRewind(id: SessionId): Promise<void>;
  suggestFiles(id: SessionId, query: string): Promise<string[]>;
  changedFiles(id: SessionId): Promise<Changes>;
  fileDiff(id: SessionId, path: string): Promise<FileDiff>;
  removalPlan(id: SessionId): Promise<RemovalPlan>;
  removeSession(id: SessionId, token: RemovalToken): Promise<void>;

  /** Whether somebody looks at what is used here: then it is measured every second, and told. */
  look(wanted: boolean): Promise<void>;
  /** What these sessions, the machine and Bosk used between two times (seconds since 1970), in at most so many points. */
  usageHistory(ids: SessionId[], from: number, to: number, points: number): Promise<History>;
  /** The tool uses since then (milliseconds since 1970), the oldest first: at most the last 500. */
  toolMarks(id: SessionId, since: number): Promise<ToolMark[]>;
  /** What all sessions have cost since then (seconds since 1970), by hour and model. */
  spent(since: number): Promise<Spent[]>;
  processes(id: SessionId): Promise<ProcessUsage[]>;
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
