import type { Curve, History, SessionId } from '../../backend/types';
import { longestStep } from '../../shared/graph/gaps';

/** Figures over time on one common axis, so that they can be put upon each other. */

export const measures = ['cpu', 'memory', 'disk'] as const;
export type Measure = (typeof measures)[number];
export type Columns = Record<Measure, (number | null)[]>;
export type Sample = Record<Measure, number>;

export interface Trend {
  /** Seconds from one point to the next. */
  step: number;
  /** Seconds since 1970, ascending, with nothing in between where nothing was measured. */
  at: number[];
  sessions: Map<SessionId, Columns>;
  /** Measurements that went into the last point. */
  last: number;
}

export const none: Trend = { step: 1, at: [], sessions: new Map(), last: 0 };

const empty = (length: number): Columns => ({
  cpu: new Array<number | null>(length).fill(null),
  memory: new Array<number | null>(length).fill(null),
  disk: new Array<number | null>(length).fill(null),
});

const slot = (at: number, step: number): number => Math.floor(at / step) * step;

/** A curve at the places of the axis. A point holds until the next one, as long as both belong together. */
function put(curve: Curve, at: readonly number[], step: number): Columns {
  const columns = empty(at.length);
  const longest = longestStep(step);
  let point = -1;
  at.forEach((time, place) => {
    while (point + 1 < curve.at.length && slot(curve.at[point + 1] ?? 0, step) <= time) point += 1;
    const since = curve.at[point];
    if (since === undefined) return;
    const next = curve.at[point + 1];
    // Clocks that tick a little apart leave out a place now and then.
    const holds = next === undefined ? Math.max(3, 2.5 * step) : next - since <= longest ? Infinity : step;
    if (time - slot(since, step) >= holds) return;
    columns.cpu[place] = curve.cpu[point] ?? null;
    columns.memory[place] = curve.memory[point] ?? null;
    columns.disk[place] = (curve.read[point] ?? 0) + (curve.written[point] ?? 0);
  });
  return columns;
}

/** What was measured, on one axis: every place where anything was. */
export function align({ step: told, machine, sessions }: History): Trend {
  const step = Math.max(1, told);
  const places = new Set(machine.at.map((at) => slot(at, step)));
  for (const curve of sessions) for (const at of curve.at) places.add(slot(at, step));
  const at = [...places].sort((a, b) => a - b);
  return {
    step,
    at,
    sessions: new Map(sessions.map((curve) => [curve.id, put(curve, at, step)])),
    last: 1,
  };
}

/** One more measurement: a point of its own, or a part of the last one. What is older than `from` goes. */
export function append(
  trend: Trend,
  now: number,
  samples: ReadonlyMap<SessionId, Sample>,
  from: number,
): Trend {
  const time = slot(now, trend.step);
  const newest = trend.at.at(-1) ?? -Infinity;
  if (time < newest) return trend;
  const isNew = time > newest;
  const old = trend.at.findIndex((at) => at >= from);
  const cut = old < 0 ? trend.at.length : old;
  const at = trend.at.slice(cut);
  if (isNew) at.push(time);
  const place = at.length - 1;
  const count = isNew ? 1 : trend.last + 1;
  const sessions = new Map<SessionId, Columns>();
  for (const id of new Set([...trend.sessions.keys(), ...samples.keys()])) {
    const before = trend.sessions.get(id);
    const sample = samples.get(id);
    const columns = before ? shorten(before, cut) : empty(at.length - Number(isNew));
    for (const measure of measures) {
      const column = columns[measure];
      if (isNew) column.push(null);
      if (!sample || place < 0) continue;
      const mean = column[place] ?? null;
      column[place] = mean === null ? sample[measure] : mean + (sample[measure] - mean) / count;
    }
    // Who has nothing left on the axis is gone.
    if (columns.cpu.some((value) => value !== null)) sessions.set(id, columns);
  }
  return { step: trend.step, at, sessions, last: count };
}

function shorten({ cpu, memory, disk }: Columns, cut: number): Columns {
  return { cpu: cpu.slice(cut), memory: memory.slice(cut), disk: disk.slice(cut) };
}
