import type {
  Changes,
  Effort,
  Ending,
  FileDiff,
  Found,
  PermissionMode,
  RemovalPlan,
  RemovalToken,
  Rewind,
  RewindPlan,
  SessionId,
  Subject,
} from './types';

/** What is asked about a session that is on screen, and done to it there. */
export interface SessionBackend {
  findInTranscript(id: SessionId, text: string): Promise<Found[]>;
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
  removeSession(id: SessionId, token: RemovalToken, ending: Ending): Promise<void>;
}
