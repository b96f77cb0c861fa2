import type { ForeignSession, Glance } from '../backend/types';

/** Sessions that were started elsewhere: they have a simpler life than Bosk's own. */

export const lives = ['busy', 'idle', 'ended'] as const;
export type Life = (typeof lives)[number];

export function lifeOf({ alive, busy }: ForeignSession): Life {
  if (!alive) return 'ended';
  return busy ? 'busy' : 'idle';
}

/** The shape that says it. */
export const shapeOf: Record<Life, Glance> = { busy: 'running', idle: 'queued', ended: 'stopped' };

/** The newest first: places that nothing changes which ticks. */
export function newestFirst(sessions: readonly ForeignSession[]): ForeignSession[] {
  return [...sessions].sort((a, b) => b.started_at - a.started_at || a.id.localeCompare(b.id));
}
