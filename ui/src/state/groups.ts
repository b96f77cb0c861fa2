import type { Glance, SessionSummary } from '../backend/types';

/** The order in which sessions ask for a person's eyes. */
export const glances: readonly Glance[] = ['needs_you', 'failed', 'running', 'queued', 'done', 'stopped'];

export interface Group {
  glance: Glance;
  sessions: SessionSummary[];
}

/** Sessions by what they need. Who waits longest for the person comes first; else the newest does. */
export function group(sessions: Iterable<SessionSummary>): Group[] {
  const by = new Map<Glance, SessionSummary[]>();
  for (const session of sessions) {
    const list = by.get(session.glance);
    if (list) list.push(session);
    else by.set(session.glance, [session]);
  }
  return glances.flatMap((glance) => {
    const list = by.get(glance);
    if (!list) return [];
    // Places must not change while a session streams, so nothing that ticks decides them.
    if (glance === 'needs_you')
      list.sort((a, b) => a.last_event_at - b.last_event_at || a.id.localeCompare(b.id));
    else list.sort((a, b) => b.created_at - a.created_at || a.id.localeCompare(b.id));
    return [{ glance, sessions: list }];
  });
}

export function order(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return group(sessions).flatMap((part) => part.sessions);
}
