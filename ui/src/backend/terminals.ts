import type { OpenWith, SessionId, TerminalSaid, TerminalView } from './types';

/** Terminals in a session's folder. They end with the app, with everything that was started in them. */
export interface TerminalsBackend {
  /** The terminals of a session, in the order in which they were opened. */
  terminals(id: SessionId): Promise<TerminalView[]>;
  openTerminal(id: SessionId, columns: number, rows: number): Promise<TerminalView>;
  /** What it says: first what is kept of what it has said (the last 256 kB), then each piece as it comes. One listener at a time:
   *  the one before is told that it was taken. */
  listenTerminal(terminal: number, onSaid: (said: TerminalSaid) => void): Promise<void>;
  /** So many bytes of its output have been shown: it waits when too many have not. */
  shownTerminal(terminal: number, bytes: number): Promise<void>;
  writeTerminal(terminal: number, text: string): Promise<void>;
  resizeTerminal(terminal: number, columns: number, rows: number): Promise<void>;
  /** Ends it and everything that was started in it. */
  closeTerminal(terminal: number): Promise<void>;
  /** Opens the session's folder, or a file in it at a line, outside the window. */
  openWith(id: SessionId, what: OpenWith, path: string | null, line: number | null): Promise<void>;
}
