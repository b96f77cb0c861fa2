import type { History, ProcessUsage, SessionId, Spent, ToolMark } from './types';

/** What sessions have used, and use in detail. */
export interface UsageBackend {
  /** What these sessions, the machine and Bosk used between two times (seconds since 1970), in at most so many points. */
  usageHistory(ids: SessionId[], from: number, to: number, points: number): Promise<History>;
  /** The tool uses since then (milliseconds since 1970), the oldest first: at most the last 500. */
  toolMarks(id: SessionId, since: number): Promise<ToolMark[]>;
  /** What all sessions have cost since then (seconds since 1970), by hour and model. */
  spent(since: number): Promise<Spent[]>;
  processes(id: SessionId): Promise<ProcessUsage[]>;
}
