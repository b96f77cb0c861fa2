import { speech } from '../../i18n/index.svelte';
import { cost, number, percent, rate, size } from '../format';

/** What an axis counts, and how its figures read. */
export type Unit = 'cpu' | 'memory' | 'disk' | 'count' | 'cost';

/** A figure in its unit: 132%, 2.1 GB, 4.2 MB/s, 12, $3.20. CPU is in cores, the others in bytes, bytes a second, things, US dollars. */
export function inUnit(unit: Unit, value: number): string {
  switch (unit) {
    case 'cpu':
      return percent(value);
    case 'memory':
      return size(value);
    case 'disk':
      return rate(value);
    case 'count':
      return number(value);
    case 'cost':
      return cost(value);
  }
}

/** How high an axis reaches at least, so that next to nothing looks like next to nothing. */
const least: Record<Unit, number> = { cpu: 1, memory: 100e6, disk: 1e6, count: 4, cost: 0.1 };

/**
 * Where the axis ends. A limit is on it once a quarter of it is used; before that it would flatten the line. What may be
 * spent is always there.
 */
export function ceiling(unit: Unit, most: number, limit: number | null): number {
  const high = Math.max(least[unit], most);
  const needed = limit !== null && (unit === 'cost' || most >= limit / 4) ? Math.max(high, limit) : high;
  return needed * 1.06;
}

/** The steps that an axis may take. */
export function steps(unit: Unit): number[] {
  if (unit === 'cpu') return [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256];
  const from = unit === 'count' ? 0 : unit === 'cost' ? -2 : 3;
  return Array.from({ length: 13 }, (_, power) => 10 ** (from + power)).flatMap((ten) => [
    ten,
    2 * ten,
    5 * ten,
  ]);
}

const made = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = speech.locale + JSON.stringify(options);
  let one = made.get(key);
  if (!one) made.set(key, (one = new Intl.DateTimeFormat(speech.locale, options)));
  return one;
}

const DAY = 86_400;
const clock = { hour: 'numeric', minute: '2-digit' } as const;
const date = { month: 'short', day: 'numeric' } as const;

/** A time in seconds since 1970, as an axis with steps of so many seconds names it. */
export function timeText(seconds: number, step: number): string {
  const at = new Date(seconds * 1000);
  const midnight = at.getHours() + at.getMinutes() + at.getSeconds() === 0;
  if (step >= DAY || (midnight && step >= 3600)) return format(date).format(at);
  return format(step < 60 ? { ...clock, second: '2-digit' } : clock).format(at);
}

/** A point's own time: as fine as its step, and with the day when the points go over several. */
export function pointText(seconds: number, step: number, span: number): string {
  // Of a whole day there is no hour. (When clocks are set forward it is an hour shorter.)
  if (step >= DAY - 3600) return format({ weekday: 'short', ...date }).format(seconds * 1000);
  const time = step < 60 ? ({ ...clock, second: '2-digit' } as const) : clock;
  return format(span > DAY ? { ...date, ...time } : time).format(seconds * 1000);
}
