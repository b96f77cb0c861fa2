import { further, type Action } from './actions';
import type { SessionSummary } from './backend/types';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';

/** What can be done to sessions, from anywhere. */

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

/** The repository's command beside Claude, where there is one and the session lives. */
function beside(bosk: Bosk, { id, state, paused, run }: SessionSummary): Action[] {
  if (!run || state !== 'running') return [];
  const { backend } = bosk;
  const { command } = run;
  if (run.running) {
    const stop = () => void bosk.attempt(backend.stopRun(id));
    return [{ id: 'stop-run', label: t('beside.stopNamed', { command }), run: stop }];
  }
  if (paused) return [];
  const start = () => void bosk.attempt(backend.startRun(id));
  return [{ id: 'start-run', label: t('beside.startNamed', { command }), run: start }];
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

function everywhere(bosk: Bosk): Action[] {
  const theme = (value: 'light' | 'dark' | null) => () =>
    void bosk.attempt(bosk.backend.saveSettings({ ...bosk.store.settings, theme: value }));
  return [
    { id: 'costs', label: t('costs.title'), keys: ['$'], run: () => (bosk.sheet = 'costs') },
    { id: 'schedules', label: t('schedule.title'), run: () => (bosk.sheet = 'schedules') },
    { id: 'templates', label: t('template.titles'), run: () => (bosk.sheet = 'templates') },
    ...together(bosk),
    {
      id: 'rehearse',
      label: t('action.tryRehearsal'),
      run: () => void bosk.attempt(bosk.backend.tryRehearsal().then((ids) => bosk.enter(ids[0] ?? null))),
    },
    ...begunElsewhere(bosk),
    { id: 'theme-light', label: t('action.theme.light'), run: theme('light') },
    { id: 'theme-dark', label: t('action.theme.dark'), run: theme('dark') },
    { id: 'theme-system', label: t('action.theme.system'), run: theme(null) },
  ];
}

/** To the session that is on screen. */
function here(bosk: Bosk): Action[] {
  const { session, backend } = bosk;
  if (!session) return [];
  const { id } = session;
  const done: Action[] = [
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
      id: 'own-window',
      label: t('action.ownWindow'),
      run: () => void bosk.attempt(backend.openWindow('session', id)),
    },
    ...holding(bosk, session),
    ...beside(bosk, session),
    {
      id: 'remove',
      label: t(session.worktree ? 'action.archive' : 'action.remove'),
      run: () => (bosk.sheet = 'remove'),
    },
  ];
  if (session.state === 'ended')
    done.push({ id: 'resume', label: t('action.resume'), run: () => void bosk.attempt(backend.resume(id)) });
  else
    done.push(
      { id: 'interrupt', label: t('action.interrupt'), keys: ['Esc'], run: () => bosk.interrupt() },
      { id: 'stop', label: t('action.stop'), run: () => void bosk.attempt(backend.stop(id)) },
    );
  return done;
}

// The first picture does without: whoever reads this adds them.
further.everywhere.push(everywhere);
further.here.push(here);
