import type { Bosk } from './bosk.svelte';
import { oneEach } from './window.svelte';

/** A file of the session on screen that is edited, or that none is chosen yet. */
export class Editing {
  /** From the folder's root. Null while one is looked for. */
  path = $state<string | null>(null);
  line = $state<number | undefined>(undefined);

  constructor(private readonly bosk: Bosk) {}

  open(path: string | null, line?: number): void {
    this.path = path;
    this.line = line;
    this.bosk.sheet = 'edit';
  }
}

/** Of a window. */
export const editingOf = oneEach((bosk) => new Editing(bosk));
