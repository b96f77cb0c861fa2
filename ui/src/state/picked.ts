import type { SessionId } from '../backend/types';
import { isTask, type Row } from './groups';
import { holdOf } from './queue';

/** Rows that were picked to do something to all of them: which, and what can be done to each. */

export const deeds = [
  'stop',
  'interrupt',
  'message',
  'resume',
  'pause',
  'go-on',
  'remove',
  'hold',
  'release',
  'cancel',
] as const;
export type Deed = (typeof deeds)[number];

/** Whether something would come of it for this row. */
export function applies(deed: Deed, row: Row): boolean {
  if (isTask(row)) {
    if (row.stage !== 'waiting') return false;
    if (deed === 'hold') return holdOf(row) === null;
    if (deed === 'release') return holdOf(row) !== null;
    return deed === 'cancel';
  }
  const isOver = row.state === 'ended';
  const isGoing = !isOver && row.state !== 'stopping';
  switch (deed) {
    case 'stop':
      return isGoing;
    case 'interrupt':
      return row.state === 'running' && row.turn !== 'idle';
    case 'message':
      return row.state !== 'stopping';
    case 'resume':
    case 'remove':
      return isOver;
    case 'pause':
      return isGoing && row.state !== 'queued' && !row.paused;
    case 'go-on':
      return isGoing && row.paused !== null;
    default:
      return false;
  }
}

/** The same with one more, or one less. */
export function toggled(picked: ReadonlySet<SessionId>, id: SessionId): Set<SessionId> {
  const next = new Set(picked);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** All from one to another, as they are listed; the other alone where the one is not there. */
export function between(ids: readonly SessionId[], from: SessionId | null, to: SessionId): SessionId[] {
  const [a, b] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
