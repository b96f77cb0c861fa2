import type { Figures, SessionId, SessionSummary } from '../../backend/types';
import { glances } from '../../state/groups';
import type { Recent } from '../../state/usage.svelte';

/** A session in the table, as it was when the table was last brought up to date. */
export interface Row {
  session: SessionSummary;
  /** Something of it runs, so it is measured. */
  runs: boolean;
  figures: Figures | null;
  recent: Recent;
  /** How long it has been there, or was there: milliseconds. */
  time: number;
}

export const columns = [
  'title',
  'state',
  'cpu',
  'memory',
  'processes',
  'threads',
  'files',
  'read',
  'written',
  'time',
] as const;
export type Column = (typeof columns)[number];

export interface Sort {
  column: Column;
  /** The largest first. */
  down: boolean;
}

export const isLive = (session: SessionSummary): boolean => session.state !== 'ended';

/** What a column starts with when it is chosen: words from A, figures from the largest. */
export function startsDown(column: Column): boolean {
  return column !== 'title' && column !== 'state';
}

type Figure = Exclude<Column, 'title' | 'state' | 'time'>;
const figure: Record<Figure, keyof Figures> = {
  cpu: 'cpu',
  memory: 'memory',
  processes: 'processes',
  threads: 'threads',
  files: 'files',
  read: 'read_rate',
  written: 'write_rate',
};

function key(row: Row, column: Column): number | string | null {
  switch (column) {
    case 'title':
      return row.session.title.toLocaleLowerCase();
    case 'state':
      return glances.indexOf(row.session.glance);
    case 'time':
      return row.time;
    default: {
      const value = row.figures?.[figure[column]];
      return typeof value === 'number' ? value : null;
    }
  }
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b;
}

/** Who lives comes first; then by the column; who has no figure comes last, whichever way it goes. */
export function sorted(rows: readonly Row[], { column, down }: Sort): Row[] {
  const keyed = rows.map((row) => ({ row, key: key(row, column) }));
  keyed.sort((a, b) => {
    const life = Number(isLive(b.row.session)) - Number(isLive(a.row.session));
    if (life !== 0) return life;
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1;
    } else {
      const order = compare(a.key, b.key);
      if (order !== 0) return down ? -order : order;
    }
    const { session: one } = a.row;
    const { session: other } = b.row;
    return other.created_at - one.created_at || one.id.localeCompare(other.id);
  });
  return keyed.map(({ row }) => row);
}

/** The same rows in the places that they had; who came since stands below. */
export function inPlace(rows: readonly Row[], places: readonly SessionId[]): Row[] {
  const by = new Map(rows.map((row) => [row.session.id, row]));
  const kept = places.flatMap((id) => by.get(id) ?? []);
  const here = new Set(places);
  return [...kept, ...rows.filter(({ session }) => !here.has(session.id))];
}
