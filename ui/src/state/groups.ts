import type { Glance, QueuedTask, SessionId, SessionSummary } from '../backend/types';

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

/** A row of the fleet: a session, or a task that waits to be one. */
export type Row = SessionSummary | QueuedTask;

export function isTask(row: Row): row is QueuedTask {
  return 'stage' in row;
}

export interface Group {
  glance: Glance;
  rows: Row[];
  /** Came while the others were held in their places. */
  late?: boolean;
}

/**
 * Sessions by what they need. Who waits longest for the person comes first; else the newest does. Tasks that wait
 * stand after sessions that do, in the order of their turns; a session that is to be tried again is one of them.
 */
export function group(sessions: Iterable<SessionSummary>, tasks: readonly QueuedTask[] = []): Group[] {
  const by = new Map<Glance, SessionSummary[]>();
  const waits = new Set(tasks.map(({ id }) => id));
  for (const session of sessions) {
    if (waits.has(session.id)) continue;
    const list = by.get(session.glance);
    if (list) list.push(session);
    else by.set(session.glance, [session]);
  }
  return glances.flatMap((glance) => {
    const list = by.get(glance) ?? [];
    const queued = glance === 'queued' ? tasks : [];
    if (list.length + queued.length === 0) return [];
    // Places must not change while a session streams, so nothing that ticks decides them.
    if (glance === 'needs_you')
      list.sort((a, b) => a.last_event_at - b.last_event_at || a.id.localeCompare(b.id));
    else list.sort((a, b) => b.created_at - a.created_at || a.id.localeCompare(b.id));
    return [{ glance, rows: [...list, ...queued] }];
  });
}

/** The tasks among some rows in the order of their turns: that changes only by the person's own hand. */
function inTurn(rows: Row[], tasks: readonly QueuedTask[]): Row[] {
  const here = new Set(rows.map(({ id }) => id));
  const turns = tasks.filter(({ id }) => here.has(id));
  let next = 0;
  return rows.map((row) => (isTask(row) ? (turns[next++] ?? row) : row));
}

/** The same rows in the same places, each as it is now; who came since stands below them. */
export function stay(
  places: Group[],
  sessions: ReadonlyMap<SessionId, SessionSummary>,
  tasks: readonly QueuedTask[] = [],
): Group[] {
  const here = new Set(places.flatMap((part) => part.rows.map(({ id }) => id)));
  const waits = new Map(tasks.map((task) => [task.id, task]));
  const kept = places.map((part) => ({
    ...part,
    rows: inTurn(
      part.rows.flatMap(({ id }) => waits.get(id) ?? sessions.get(id) ?? []),
      tasks,
    ),
  }));
  const isNew = ({ id }: Row) => !here.has(id);
  return [
    ...kept.filter((part) => part.rows.length > 0),
    ...group([...sessions.values()].filter(isNew), tasks.filter(isNew)).map((part) => ({
      ...part,
      late: true,
    })),
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
    const rows = part.rows.slice(0, Math.max(0, left));
    left -= rows.length;
    return rows.length > 0 ? [{ ...part, rows }] : [];
  });
}

export function order(sessions: Iterable<SessionSummary>): SessionSummary[] {
  return group(sessions).flatMap((part) => part.rows.flatMap((row) => (isTask(row) ? [] : [row])));
}
