import type { WindowKind } from './backend/backend';
import { t } from './i18n/index.svelte';
import type { Bosk, Sheet } from './state/bosk.svelte';

/** Everything that can be done from anywhere: the palette lists it, shortcuts and the app's menu reach it. */
export interface Action {
  id: string;
  label: string;
  /** As pressed: `mod` is Ctrl, or ⌘ on a Mac; `Ctrl` is that key everywhere. Without one a key works outside of text only. */
  keys?: string[];
  danger?: boolean;
  run: () => void;
}

/** What is added once it is read (deeds.ts, tasks.ts, picked.ts): the first picture does without. */
export const further: Record<'here' | 'everywhere', ((bosk: Bosk) => Action[])[]> = {
  /** For what is on screen: named first. */
  here: [],
  everywhere: [],
};

/** What another window than the main one has no place for. */
const leftOut: Record<WindowKind, readonly string[]> = {
  main: [],
  monitor: ['monitor', 'inbox', 'worktrees', 'next', 'previous'],
  session: ['own-window', 'inbox', 'worktrees', 'next', 'previous'],
  strip: [
    'inbox',
    'worktrees',
    'palette',
    'settings',
    'shortcuts',
    'launch',
    'batch',
    'costs',
    'dependencies',
    'strip',
    'next',
    'previous',
  ],
};

/** Everything that can be done from this window. */
export function actions(bosk: Bosk): Action[] {
  return all(bosk).filter(({ id }) => !leftOut[bosk.kind].includes(id));
}

function all(bosk: Bosk): Action[] {
  const sheet = (value: Sheet) => () => (bosk.sheet = value);
  const open = (kind: WindowKind) => () => void bosk.attempt(bosk.backend.openWindow(kind, null));
  return [
    ...further.here.flatMap((more) => more(bosk)),
    { id: 'launch', label: t('action.newSession'), keys: ['mod', 'N'], run: sheet('launch') },
    { id: 'batch', label: t('action.batch'), keys: ['mod', 'B'], run: sheet('batch') },
    { id: 'inbox', label: t('action.inbox'), keys: ['mod', 'I'], run: () => bosk.toggleInbox() },
    { id: 'palette', label: t('action.palette'), keys: ['mod', 'K'], run: sheet('palette') },
    { id: 'settings', label: t('action.settings'), keys: ['mod', ','], run: sheet('settings') },
    { id: 'shortcuts', label: t('action.shortcuts'), keys: ['?'], run: sheet('shortcuts') },
    { id: 'monitor', label: t('action.monitor'), run: open('monitor') },
    { id: 'strip', label: t('action.strip'), run: open('strip') },
    { id: 'next', label: t('action.next'), keys: ['j'], run: () => bosk.step(1) },
    { id: 'previous', label: t('action.previous'), keys: ['k'], run: () => bosk.step(-1) },
    ...further.everywhere.flatMap((more) => more(bosk)),
    { id: 'quit', label: t('action.quit'), run: () => bosk.quit() },
  ];
}

function isText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

/** Whether it is that key, by what it writes or by its place: some keyboards write ₩ where others write `. */
function isKey({ key, code }: KeyboardEvent, wanted: string | undefined): boolean {
  return key === wanted || (wanted === '`' && code === 'Backquote');
}

/** Keys that are called something else than they are written. */
const written: Record<string, string> = { Escape: 'Esc', ArrowUp: '↑', ArrowDown: '↓' };

function nameOf({ key }: KeyboardEvent, bosk: Bosk): string {
  // The key that is so named on a Mac.
  if (key === 'Backspace' && bosk.store.platform === 'macos') return 'Delete';
  return written[key] ?? key;
}

/** Runs the action whose keys were pressed, if there is one. */
export function press(event: KeyboardEvent, bosk: Bosk): void {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const mod = bosk.store.platform === 'macos' ? event.metaKey : event.ctrlKey;
  if (bosk.sheet && !(mod && event.key.toLowerCase() === 'k')) return;
  if (bosk.drawerOpen && event.key === 'Escape') {
    bosk.drawerOpen = false;
    return;
  }
  if (event.key === 'Escape' && bosk.interrupting) {
    bosk.interrupting = false;
    return;
  }
  if (event.key === 'Escape' && (bosk.inbox.open || bosk.page)) {
    // What is being written is not thrown away.
    if (!isText(event.target)) bosk.goBack();
    return;
  }
  if (event.key === 'Escape' && bosk.picked.size > 0 && !isText(event.target)) {
    bosk.picked = new Set();
    return;
  }
  if (event.key === 'Escape' && !interruptible(bosk)) return;
  const name = nameOf(event, bosk);
  const wanted = actions(bosk).find(({ keys }) => {
    if (!keys) return false;
    const isAlt = keys[0] === 'Alt';
    if (isAlt !== event.altKey) return false;
    if (keys[0] === 'Ctrl')
      return event.ctrlKey && !event.metaKey && !event.shiftKey && isKey(event, keys[1]);
    if (keys[0] === 'mod') return mod && !event.shiftKey && keys[1]?.toLowerCase() === name.toLowerCase();
    if (mod || event.metaKey || event.ctrlKey) return false;
    if (isAlt) return keys[1] === name && !isText(event.target);
    return keys[0] === name && (name === 'Esc' || !isText(event.target));
  });
  if (!wanted) return;
  event.preventDefault();
  wanted.run();
}

/** Esc interrupts a turn, and nothing that merely waits. */
function interruptible(bosk: Bosk): boolean {
  const { session } = bosk;
  return session?.state === 'running' && session.turn === 'working';
}
