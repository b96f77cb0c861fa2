import type { SessionId } from '../../backend/types';
import { total } from '../../shared/graph/stack';
import { measures, type Columns, type Measure, type Trend } from './align';

/** Sessions as lines of a graph: each its own, or all of a repository together. */

export interface Group {
  key: string;
  columns: Columns;
}

/** What does not get a line of its own. */
export const REST = '';

type KeyOf = (id: SessionId) => string;

function byKey(trend: Trend, keyOf: KeyOf): Map<string, Columns[]> {
  const groups = new Map<string, Columns[]>();
  for (const [id, columns] of trend.sessions) {
    const key = keyOf(id);
    const list = groups.get(key);
    if (list) list.push(columns);
    else groups.set(key, [columns]);
  }
  return groups;
}

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** The groups that used most of anything, in the order in which they came: at most so many. */
export function choose(trend: Trend, keyOf: KeyOf, most: number): string[] {
  const groups = byKey(trend, keyOf);
  if (groups.size <= most) return [...groups.keys()];
  const used = new Map<string, Record<Measure, number>>();
  const all: Record<Measure, number> = { cpu: 0, memory: 0, disk: 0 };
  for (const [key, list] of groups) {
    const own = { cpu: 0, memory: 0, disk: 0 };
    for (const columns of list) for (const measure of measures) own[measure] += sum(columns[measure]);
    for (const measure of measures) all[measure] += own[measure];
    used.set(key, own);
  }
  const share = (key: string) =>
    measures.reduce((score, measure) => score + (used.get(key)?.[measure] ?? 0) / (all[measure] || 1), 0);
  const best = new Set([...groups.keys()].sort((a, b) => share(b) - share(a)).slice(0, most));
  return [...groups.keys()].filter((key) => best.has(key));
}

function together(list: readonly Columns[], length: number): Columns {
  const [one] = list;
  if (one && list.length === 1) return one;
  const add = (measure: Measure) =>
    total(
      list.map((columns) => columns[measure]),
      length,
    );
  return { cpu: add('cpu'), memory: add('memory'), disk: add('disk') };
}

/** The chosen groups, and the rest of them as one. */
export function gather(trend: Trend, keyOf: KeyOf, chosen: readonly string[]): Group[] {
  const groups = byKey(trend, keyOf);
  const out: Group[] = [];
  for (const key of chosen) {
    const list = groups.get(key);
    if (list) out.push({ key, columns: together(list, trend.at.length) });
    groups.delete(key);
  }
  const rest = [...groups.values()].flat();
  if (rest.length > 0) out.push({ key: REST, columns: together(rest, trend.at.length) });
  return out;
}
