import type { EntryOf, KilledProcess, NoticeLevel } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { duration } from '../../shared/format';
import { figure, limitOf, processNames } from '../../shared/limits';

/** What held a session up, in words: that it was paused, came to a limit, or was ended by force. */

type Held = EntryOf<'paused'> | EntryOf<'went_on'> | EntryOf<'killed'> | EntryOf<'limit'>;

export function heldWords(entry: Held): string {
  switch (entry.kind) {
    case 'paused':
      return entry.by === 'limit'
        ? t('event.paused.limit', { limit: t(`limit.${entry.limit}`) })
        : t(`event.paused.${entry.by}`);
    case 'went_on':
      return t('event.wentOn');
    case 'killed':
      return killed(entry);
    case 'limit':
      return limit(entry);
  }
}

function killed({ processes, left }: EntryOf<'killed'>): string {
  const words =
    processes.length > 0 ? t('event.killed', { names: processNames(processes) }) : t('event.killedNothing');
  return left.length > 0 ? t('event.killedLeft', { words, names: processNames(left) }) : words;
}

function limit(entry: EntryOf<'limit'>): string {
  const { reached, used, of, rung, stopped } = entry;
  if (!reached) {
    return t('event.near', {
      limit: t(`limit.${entry.limit}`),
      used: figure(entry.limit, used),
      of: figure(entry.limit, of),
    });
  }
  if (entry.limit === 'idle') return t('event.idle', { time: duration(of * 1000, true) });
  const done =
    rung === 'stop_tool' && stopped.length > 0
      ? t('event.done.stopped', { names: processNames(stopped) })
      : t(`event.done.${rung ?? 'none'}`);
  return t('event.reached', { limit: limitOf(entry.limit, of), done });
}

const lines = (processes: KilledProcess[]) => processes.map(({ pid, name }) => `${pid}  ${name}`);

/** The processes that were ended, one a line. */
export function heldInside(entry: EntryOf<'killed'> | EntryOf<'limit'>): string {
  const all = entry.kind === 'killed' ? [...entry.processes, ...entry.left] : entry.stopped;
  return lines(all).join('\n');
}

/** How much it matters. */
export function heldLevel(entry: Exclude<Held, EntryOf<'went_on'>>): NoticeLevel {
  switch (entry.kind) {
    case 'paused':
      return entry.by === 'limit' ? 'warning' : 'info';
    case 'killed':
      return entry.left.length > 0 ? 'error' : 'info';
    case 'limit':
      return entry.limit === 'idle' ? 'info' : 'warning';
  }
}
