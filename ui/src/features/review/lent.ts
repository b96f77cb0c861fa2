import { createContext, type Component } from 'svelte';
import type { ReviewFile, SessionSummary } from '../../backend/types';

/** What the review is lent by other parts of the window, as it knows none of them. */
export interface Lent {
  /** Edits a file in place: read only when it is asked for. */
  editor: (() => Promise<{ default: Component<EditorProps> }>) | null;
  /** Opens a file outside the window, at a line. */
  openOutside: ((path: string, line: number | null) => void) | null;
}

export interface EditorProps {
  session: SessionSummary;
  path: string;
  onclose: () => void;
}

/** The same, as the parts of a review use it. */
export interface Use {
  /** What else can be done with a file. */
  forFile: (file: ReviewFile) => { id: string; label: string; run: () => void }[];
  /** Other sessions that change the same file, by their titles. */
  alsoIn: (path: string) => string[];
}

export const [useLent, provideLent] = createContext<Use>();
