import type { Figures, ForeignSession, SessionId, SessionSummary } from '../../backend/types';
import { lifeOf, lives } from '../../state/elsewhere';
import { glances, keepPlaces } from '../../state/groups';
import type { Recent } from '../../state/usage.svelte';

/** What is shown of any session, as it was when the table was last brought up to date. */
export interface Shown {
  /** Something of it runs, so it is measured. */
  runs: boolean;
  figures: Figures | null;
  recent: Recent;
  /** How long it has been there, or was there, as far as that is known: milliseconds. */
  time: number | null;
}

/** A session of Bosk's. */
export interface Row extends Shown {
  session: SessionSummary;
}

/** One that was started elsewhere. */
export interface ForeignRow extends Shown {
  session: ForeignSession;
}

type AnyRow = Row | ForeignRow;

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

export const isLive = (session: AnyRow['session']): boolean =>
  'alive' in session ? session.alive : session.state !== 'ended';

const start = (session: AnyRow['session']): number =>
  'alive' in session ? session.started_at : session.created_at;

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

function key(row: AnyRow, column: Column): number | string | null {
  const { session } = row;
  switch (column) {
    case 'title':
      return session.title.toLocaleLowerCase();
    case 'state':
      return 'alive' in session ? lives.indexOf(lifeOf(session)) : glances.indexOf(session.glance);
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
export function sorted<R extends AnyRow>(rows: readonly R[], { column, down }: Sort): R[] {
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
    return start(other) - start(one) || one.id.localeCompare(other.id);
  });
  return keyed.map(({ row }) => row);
}

/** The same rows in the places that they had; who came since stands below. */
export function inPlace<R extends AnyRow>(rows: readonly R[], places: readonly SessionId[]): R[] {
  return keepPlaces(rows, places, ({ session }) => session.id);
}
