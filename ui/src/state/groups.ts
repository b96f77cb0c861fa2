import type { Glance, SessionId, SessionSummary } from '../backend/types';

/** The order in which sessions ask for a person's eyes. */
export const glances: readonly Glance[] = [
  'needs_you',
  'failed',
  'running',
  'paused',
  'queued',
  'done',
  'stopped',
];

export interface Group {
  glance: Glance;
  sessions: SessionSummary[];
  /** Came while the others were held in their places. */
  late?: boolean;
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

/** The same rows in the same places, each as it is now; who came since stands below them. */
export function stay(places: Group[], sessions: ReadonlyMap<SessionId, SessionSummary>): Group[] {
  const here = new Set(places.flatMap((part) => part.sessions.map(({ id }) => id)));
  const kept = places.map((part) => ({
    ...part,
    sessions: part.sessions.flatMap(({ id }) => sessions.get(id) ?? []),
  }));
  const came = [...sessions.values()].filter(({ id }) => !here.has(id));
  return [
    ...kept.filter((part) => part.sessions.length > 0),
    ...group(came).map((part) => ({ ...part, late: true })),
  ];
}

/** The same things in the places that they had; what came since stands below. */
export function keepPlaces<T>(
  all: readonly T[],
  places: readonly SessionId[],
  idOf: (one: T) => SessionId,
): T[] {
  const by = new Map(all.map((one) => [idOf(one), one]));
  const here = new Set(places);
  return [...places.flatMap((id) => by.get(id) ?? []), ...all.filter((one) => !here.has(idOf(one)))];
}

/** The first rows, in their groups. */
export function top(groups: readonly Group[], count: number): Group[] {
  let left = count;
  return groups.flatMap((part) => {
    const sessions = part.sessions.slice(0, Math.max(0, left));
    left -= sessions.length;
    return sessions.length > 0 ? [{ ...part, sessions }] : [];
  });
}

export function order(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return group(sessions).flatMap((part) => part.sessions);
}
