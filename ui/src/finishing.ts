import { further, type Action } from './actions';
import type { OpenWith } from './backend/types';
import { t } from './i18n/index.svelte';
import type { Bosk, Sheet } from './state/bosk.svelte';
import { conflictsOf } from './state/conflicts.svelte';
import { editingOf } from './state/editing.svelte';
import { terminalsOf } from './state/terminals.svelte';
import { unsavedOf } from './state/unsaved.svelte';

/** What brings a session's work to its end, and what is done in its folder by hand. */

function here(bosk: Bosk): Action[] {
  const { session } = bosk;
  if (!session || session.state === 'queued') return [];
  const sheet = (value: Sheet) => () => (bosk.sheet = value);
  const openWith = (what: OpenWith) => () =>
    void bosk.attempt(bosk.backend.openWith(session.id, what, null, null));
  const conflicts: Action[] = conflictsOf(bosk).standing
    ? [{ id: 'conflicts', label: t('conflict.open'), run: sheet('conflicts') }]
    : [];
  const [written] = unsavedOf(bosk).files.get(session.id) ?? [];
  const unsaved: Action[] = written
    ? [
        {
          id: 'unsaved-restore',
          label: t('unsaved.restoreNamed', { path: written.path }),
          run: () => editingOf(bosk).open(written.path),
        },
        {
          id: 'unsaved-discard',
          label: t('unsaved.discardNamed', { path: written.path }),
          danger: true,
          run: () => void unsavedOf(bosk).discard(session.id, written.path),
        },
      ]
    : [];
  const { isOpen, shell } = terminalsOf(bosk);
  const take: Action[] =
    isOpen && shell?.elsewhere
      ? [
          {
            id: 'take-terminal',
            label: t('shell.takeTerminal'),
            run: () =>
              void import('./features/terminal/screens').then(({ screensOf }) => {
                screensOf(bosk).takeBack(shell);
              }),
          },
        ]
      : [];
  return [
    ...conflicts,
    ...unsaved,
    ...take,
    { id: 'finish', label: t('finish.open'), keys: ['f'], run: sheet('finish') },
    { id: 'log', label: t('log.open'), keys: ['l'], run: sheet('log') },
    { id: 'terminal', label: t('shell.toggle'), keys: ['Ctrl', '`'], run: () => terminalsOf(bosk).toggle() },
    { id: 'new-terminal', label: t('shell.newIn'), run: () => void terminalsOf(bosk).another() },
    { id: 'edit', label: t('edit.open'), run: () => editingOf(bosk).open(null) },
    { id: 'open-editor', label: t('open.editor'), run: openWith('editor') },
    { id: 'open-terminal', label: t('open.terminal'), run: openWith('terminal') },
    { id: 'open-files', label: t('open.files'), run: openWith('files') },
  ];
}

// The first picture does without: whoever reads this adds them.
further.here.push(here);
