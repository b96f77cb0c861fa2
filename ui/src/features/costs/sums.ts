import type { Spent, Tokens } from '../../backend/types';

/** What was spent, put together: by day in the person's own time zone, by name, and by hour of the week. */

/** How far back, in days; today is one of them. */
export const ranges = [7, 30, 90] as const;
export type Range = (typeof ranges)[number];

/** What stands for all that have no colour of their own. */
export const REST = '';

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

/** When a day began, in seconds since 1970. */
export function dayOf(at: number): number {
  const date = new Date(at * 1000);
  return seconds(new Date(date.getFullYear(), date.getMonth(), date.getDate()));
}

/** When the last so many days began, the oldest first. A day may have 23 hours, or 25. */
export function lastDays(count: number, now: number): number[] {
  const date = new Date(now);
  return Array.from({ length: count }, (_, n) =>
    seconds(new Date(date.getFullYear(), date.getMonth(), date.getDate() - (count - 1 - n))),
  );
}

export interface Sum {
  key: string;
  cost: number;
  tokens: Tokens;
}

const nothing = (): Tokens => ({ input: 0, output: 0, cache_read: 0, cache_creation: 0 });

function add(sum: Sum, { cost_usd, tokens }: Spent): void {
  sum.cost += cost_usd;
  sum.tokens.input += tokens.input;
  sum.tokens.output += tokens.output;
  sum.tokens.cache_read += tokens.cache_read;
  sum.tokens.cache_creation += tokens.cache_creation;
}

/** What each comes to, the dearest first. */
export function sums(all: readonly Spent[], keyOf: (one: Spent) => string): Sum[] {
  const found = new Map<string, Sum>();
  for (const one of all) {
    const key = keyOf(one);
    let sum = found.get(key);
    if (!sum) found.set(key, (sum = { key, cost: 0, tokens: nothing() }));
    add(sum, one);
  }
  return [...found.values()].sort((a, b) => b.cost - a.cost || a.key.localeCompare(b.key));
}

/** What all of it comes to. */
export function total(all: readonly Spent[]): Sum {
  return sums(all, () => REST)[0] ?? { key: REST, cost: 0, tokens: nothing() };
}

export interface Column {
  key: string;
  /** US dollars for each day. */
  values: number[];
}

/** What the dearest cost on each day, in the order of their names, and below them what all others did. */
export function columns(
  all: readonly Spent[],
  days: readonly number[],
  keyOf: (one: Spent) => string,
  most: number,
): Column[] {
  const named = sums(all, keyOf)
    .slice(0, most)
    .map(({ key }) => key)
    .sort();
  const places = new Map(days.map((day, at) => [day, at]));
  const made = new Map([...named, REST].map((key) => [key, days.map(() => 0)]));
  let others = false;
  for (const one of all) {
    const at = places.get(dayOf(one.hour));
    if (at === undefined) continue;
    const key = keyOf(one);
    const own = named.includes(key);
    others ||= !own;
    const values = made.get(own ? key : REST);
    if (values) values[at] = (values[at] ?? 0) + one.cost_usd;
  }
  const rest = { key: REST, values: made.get(REST) ?? [] };
  return [...named.map((key) => ({ key, values: made.get(key) ?? [] })), ...(others ? [rest] : [])];
}

/** What was spent by weekday (Sunday is the first) and hour, as clocks here show them. */
export function byHour(all: readonly Spent[]): number[][] {
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { hour, cost_usd } of all) {
    const at = new Date(hour * 1000);
    const day = week[at.getDay()];
    if (day) day[at.getHours()] = (day[at.getHours()] ?? 0) + cost_usd;
  }
  return week;
}

/** Each one's colour, or where another has that already, the next one that nobody has. */
export function distinct(wanted: readonly string[], all: readonly string[]): string[] {
  const taken = new Set<string>();
  return wanted.map((colour) => {
    const found = taken.has(colour) ? (all.find((other) => !taken.has(other)) ?? colour) : colour;
    taken.add(found);
    return found;
  });
}
