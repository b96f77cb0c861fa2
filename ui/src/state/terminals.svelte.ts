import { SvelteMap } from 'svelte/reactivity';
import type { SessionId, TerminalView } from '../backend/types';
import type { Bosk } from './bosk.svelte';
import { oneEach } from './window.svelte';

/** One terminal, as the window knows it. */
export interface Shell extends TerminalView {
  /** Its place among those of its session that were opened, from one: its name stays when others end. */
  number: number;
  /** Once it has ended: its exit code, where it had one. */
  code: number | null;
  /** Another window shows it now, and has its keys. */
  elsewhere: boolean;
}

/** What a terminal is opened with, until it is known how much room there is. */
const [COLUMNS, ROWS] = [80, 24];

/** The terminals of each session: which there are, and whether they are on screen. What they say is not kept here. */
export class Terminals {
  readonly #shells = new SvelteMap<SessionId, Shell[]>();
  /** Sessions whose terminals are on screen while the session is. */
  readonly #open = new SvelteMap<SessionId, boolean>();
  readonly #chosen = new SvelteMap<SessionId, number>();
  readonly #numbers = new Map<SessionId, number>();
  /** One is being opened. */
  opening = $state(false);
  /** What had the focus before they did. */
  #before: HTMLElement | null = null;

  constructor(private readonly bosk: Bosk) {}

  get isOpen(): boolean {
    return this.bosk.selected !== null && this.#open.get(this.bosk.selected) === true;
  }

  get shells(): readonly Shell[] {
    return (this.bosk.selected && this.#shells.get(this.bosk.selected)) || [];
  }

  /** The one on screen. */
  get shell(): Shell | null {
    const { selected } = this.bosk;
    const chosen = selected ? this.#chosen.get(selected) : undefined;
    return this.shells.find(({ id }) => id === chosen) ?? this.shells.at(-1) ?? null;
  }

  choose(id: number): void {
    if (this.bosk.selected) this.#chosen.set(this.bosk.selected, id);
  }

  /** Shows them, or goes there; whoever is there already hides them. */
  toggle(): void {
    const drawer = document.querySelector('[data-terminals]');
    const field = drawer?.querySelector<HTMLElement>('textarea');
    if (!this.isOpen) this.show();
    else if (!field || drawer?.contains(document.activeElement)) this.hide();
    else {
      this.#before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      field.focus();
    }
  }

  show(): void {
    const { selected } = this.bosk;
    if (!selected) return;
    this.#before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.#open.set(selected, true);
  }

  /** They go on running; the focus is back where it was. */
  hide(): void {
    if (this.bosk.selected) this.#open.delete(this.bosk.selected);
    const before = this.#before;
    this.#before = null;
    if (before?.isConnected && before !== document.body) before.focus();
    else document.querySelector<HTMLElement>('[data-composer]')?.focus();
  }

  /** Sees which there are: another window, or this one before it was read anew, may have opened some. */
  async look(session: SessionId): Promise<void> {
    const views = await this.bosk.attempt(this.bosk.backend.terminals(session));
    if (!views) return;
    const known = this.#shells.get(session) ?? [];
    this.#shells.set(
      session,
      views.map((view) => known.find(({ id }) => id === view.id) ?? this.#named(view)),
    );
  }

  /** Opens one more, and puts it on screen. */
  async another(): Promise<void> {
    const { selected } = this.bosk;
    if (!selected || this.opening) return;
    this.opening = true;
    const view = await this.bosk.attempt(this.bosk.backend.openTerminal(selected, COLUMNS, ROWS));
    this.opening = false;
    if (!view) return;
    this.#shells.set(selected, [...(this.#shells.get(selected) ?? []), this.#named(view)]);
    this.#chosen.set(selected, view.id);
    if (!this.isOpen && this.bosk.selected === selected) this.show();
  }

  ended(shell: Shell, code: number | null): void {
    this.#become(shell, { alive: false, code });
  }

  /** Another window has taken it, or this one has taken it back. */
  elsewhere(shell: Shell, elsewhere: boolean): void {
    this.#become(shell, { elsewhere });
  }

  #become({ session, id }: Shell, change: Partial<Shell>): void {
    const all = this.#shells.get(session) ?? [];
    this.#shells.set(
      session,
      all.map((one) => (one.id === id ? { ...one, ...change } : one)),
    );
  }

  /** Ends one, with everything that was started in it. After the last one nothing is left to be shown. */
  async close(shell: Shell): Promise<void> {
    const done = await this.bosk.attempt(this.bosk.backend.closeTerminal(shell.id).then(() => true));
    if (!done) return;
    const left = (this.#shells.get(shell.session) ?? []).filter(({ id }) => id !== shell.id);
    this.#shells.set(shell.session, left);
    if (left.length === 0 && this.bosk.selected === shell.session) this.hide();
  }

  #named(view: TerminalView): Shell {
    const number = (this.#numbers.get(view.session) ?? 0) + 1;
    this.#numbers.set(view.session, number);
    return { ...view, number, code: null, elsewhere: false };
  }
}

/** Of a window. */
export const terminalsOf = oneEach((bosk) => new Terminals(bosk));
