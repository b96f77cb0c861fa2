import type { WindowKind } from './backend/backend';
import type { SessionSummary } from './backend/types';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';

/** Everything that can be done from anywhere: the palette lists it, shortcuts and the app's menu reach it. */
export interface Action {
  id: string;
  label: string;
  /** As pressed: `mod` is Ctrl, or ⌘ on a Mac. Without it a key works outside of text only. */
  keys?: string[];
  danger?: boolean;
  run: () => void;
}

/** What tasks.ts adds once it is read: the first picture does without. */
export const further: Record<'everywhere' | 'onTask', (bosk: Bosk) => Action[]> = {
  everywhere: () => [],
  onTask: () => [],
};

/** All sessions at once; each only where it would do something. */
function together(bosk: Bosk): Action[] {
  const alive = [...bosk.store.sessions.values()].filter(({ state }) => state !== 'ended');
  const done: Action[] = [];
  if (alive.some(({ paused }) => !paused))
    done.push({
      id: 'pause-all',
      label: t('action.pauseAll'),
      run: () => void bosk.attempt(bosk.backend.pauseAll()),
    });
  if (alive.some(({ paused }) => paused))
    done.push({
      id: 'go-on-all',
      label: t('action.goOnAll'),
      run: () => void bosk.attempt(bosk.backend.goOnAll()),
    });
  return done;
}

/** What holds up, limits or ends a session that has not ended. */
function holding(bosk: Bosk, { id, state, paused }: SessionSummary): Action[] {
  const { backend } = bosk;
  if (state === 'ended') return [];
  const pause: Action = paused
    ? { id: 'go-on', label: t('action.goOn'), keys: ['p'], run: () => void bosk.attempt(backend.goOn(id)) }
    : { id: 'pause', label: t('action.pause'), keys: ['p'], run: () => void bosk.attempt(backend.pause(id)) };
  return [
    ...(state === 'queued' ? [] : [pause]),
    { id: 'limits', label: t('action.limits'), run: () => (bosk.sheet = 'limits') },
    { id: 'kill', label: t('action.kill'), danger: true, run: () => (bosk.sheet = 'kill') },
  ];
}

/** Conversations that were begun elsewhere and can be taken over. */
function begunElsewhere(bosk: Bosk): Action[] {
  return bosk.store.foreign
    .filter(({ alive }) => !alive)
    .map(({ id, title }) => ({
      id: `open-here-${id}`,
      label: t('elsewhere.openNamed', { title }),
      run: () => void bosk.takeOver(id),
    }));
}

/** What another window than the main one has no place for. */
const leftOut: Record<WindowKind, readonly string[]> = {
  main: [],
  monitor: ['monitor', 'inbox', 'next', 'previous'],
  session: ['own-window', 'inbox', 'next', 'previous'],
  strip: ['inbox', 'palette', 'settings', 'shortcuts', 'launch', 'batch', 'strip', 'next', 'previous'],
};

/** Everything that can be done from this window. */
export function actions(bosk: Bosk): Action[] {
  return all(bosk).filter(({ id }) => !leftOut[bosk.kind].includes(id));
}

function all(bosk: Bosk): Action[] {
  const { session } = bosk;
  const on = <T>(work: (id: string) => Promise<T>) => {
    const id = bosk.selected;
    return () => {
      if (id) void bosk.attempt(work(id));
    };
  };
  const theme = (value: 'light' | 'dark' | null) => () =>
    void bosk.attempt(bosk.backend.saveSettings({ ...bosk.store.settings, theme: value }));

  const open = (kind: WindowKind, id: string | null) => () =>
    void bosk.attempt(bosk.backend.openWindow(kind, id));

  const always: Action[] = [
    { id: 'launch', label: t('action.newSession'), keys: ['mod', 'N'], run: () => (bosk.sheet = 'launch') },
    { id: 'batch', label: t('action.batch'), keys: ['mod', 'B'], run: () => (bosk.sheet = 'batch') },
    { id: 'inbox', label: t('action.inbox'), keys: ['mod', 'I'], run: () => bosk.toggleInbox() },
    { id: 'palette', label: t('action.palette'), keys: ['mod', 'K'], run: () => (bosk.sheet = 'palette') },
    { id: 'settings', label: t('action.settings'), keys: ['mod', ','], run: () => (bosk.sheet = 'settings') },
    { id: 'shortcuts', label: t('action.shortcuts'), keys: ['?'], run: () => (bosk.sheet = 'shortcuts') },
    { id: 'monitor', label: t('action.monitor'), run: open('monitor', null) },
    { id: 'strip', label: t('action.strip'), run: open('strip', null) },
    ...together(bosk),
    ...further.everywhere(bosk),
    { id: 'next', label: t('action.next'), keys: ['j'], run: () => bosk.step(1) },
    { id: 'previous', label: t('action.previous'), keys: ['k'], run: () => bosk.step(-1) },
    {
      id: 'rehearse',
      label: t('action.tryRehearsal'),
      run: () => void bosk.attempt(bosk.backend.tryRehearsal().then((ids) => bosk.enter(ids[0] ?? null))),
    },
    ...begunElsewhere(bosk),
    { id: 'theme-light', label: t('action.theme.light'), run: theme('light') },
    { id: 'theme-dark', label: t('action.theme.dark'), run: theme('dark') },
    { id: 'theme-system', label: t('action.theme.system'), run: theme(null) },
    { id: 'quit', label: t('action.quit'), run: () => bosk.quit() },
  ];
  if (!session) return [...further.onTask(bosk), ...always];

  const here: Action[] = [
    { id: 'find', label: t('action.find'), keys: ['mod', 'F'], run: () => (bosk.finding = true) },
    {
      id: 'panel',
      label: bosk.panelOpen ? t('action.closePanel') : t('action.openPanel'),
      keys: ['mod', 'J'],
      run: () => (bosk.panelOpen = !bosk.panelOpen),
    },
    {
      id: 'compose',
      label: t('action.compose'),
      keys: ['c'],
      run: () => document.querySelector<HTMLElement>('[data-composer]')?.focus(),
    },
    {
      id: 'reveal',
      label: t('action.reveal'),
      run: () => void bosk.attempt(bosk.backend.reveal(session.id)),
    },
    { id: 'own-window', label: t('action.ownWindow'), run: open('session', session.id) },
    ...holding(bosk, session),
    { id: 'remove', label: t('action.remove'), run: () => (bosk.sheet = 'remove') },
  ];
  if (session.state === 'ended') {
    here.push({ id: 'resume', label: t('action.resume'), run: on((id) => bosk.backend.resume(id)) });
  } else {
    here.push(
      {
        id: 'interrupt',
        label: t('action.interrupt'),
        keys: ['Esc'],
        run: () => bosk.interrupt(),
      },
      { id: 'stop', label: t('action.stop'), run: on((id) => bosk.backend.stop(id)) },
    );
  }
  return [...here, ...always];
}

function isText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
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
  if (event.key === 'Escape' && bosk.inbox.open) {
    // What is being written is not thrown away.
    if (!isText(event.target)) bosk.closeInbox();
    return;
  }
  if (event.key === 'Escape' && !interruptible(bosk)) return;
  const name = nameOf(event, bosk);
  const wanted = actions(bosk).find(({ keys }) => {
    if (!keys) return false;
    const isAlt = keys[0] === 'Alt';
    if (isAlt !== event.altKey) return false;
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
