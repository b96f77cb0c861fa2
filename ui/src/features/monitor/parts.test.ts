import { describe, expect, it } from 'vitest';
import { summary } from '../../backend/fake/scenes';
import { figures } from '../../backend/fake/usage';
import type { Curve, ProcessUsage } from '../../backend/types';
import { outline, tree } from '../../shared/processes';
import { align, append, none } from './align';
import { choose, gather, REST } from './gather';
import { inPlace, sorted, type Row } from './rows';
import { fileName, sheet } from './sheet';

const curve = (at: number[], cpu: number[]): Curve => ({
  at,
  cpu,
  cpu_max: cpu,
  memory: cpu.map((value) => value * 1000),
  memory_max: cpu,
  read: cpu.map((value) => value * 10),
  written: cpu.map(() => 1),
});

describe('the order of sessions', () => {
  const row = (title: string, cpu: number | null, ended = false): Row => {
    const session = summary(title, ended ? 'stopped' : 'running', 1e9);
    return {
      session,
      runs: cpu !== null,
      figures: cpu === null ? null : { ...figures(session, 1000), cpu },
      recent: { at: [], cpu: [], memory: [] },
      time: 0,
    };
  };
  const rows = [row('b', 1), row('A', 3), row('c', null), row('over', null, true), row('d', 2)];
  const titles = (some: Row[]) => some.map(({ session }) => session.title);

  it('puts who lives first, and who has no figure last, whichever way it goes', () => {
    expect(titles(sorted(rows, { column: 'cpu', down: true }))).toEqual(['A', 'd', 'b', 'c', 'over']);
    expect(titles(sorted(rows, { column: 'cpu', down: false }))).toEqual(['b', 'd', 'A', 'c', 'over']);
    expect(titles(sorted(rows, { column: 'title', down: false }))).toEqual(['A', 'b', 'c', 'd', 'over']);
  });

  it('keeps places, with who came since below them', () => {
    const ids = (some: Row[]) => some.map(({ session }) => session.id);
    const places = [...ids(rows.slice(1, 3)).reverse(), 'gone'];
    expect(titles(inPlace(rows, places))).toEqual(['c', 'A', 'b', 'over', 'd']);
  });
});

describe('processes', () => {
  it('stand below those that started them, as deep as they are', () => {
    const process = (pid: number, parent: number, started = pid): ProcessUsage => ({
      pid,
      parent,
      started,
      name: String(pid),
      cpu: 0,
      cpu_seconds: 0,
      memory: 0,
      threads: 1,
      files: 1,
      state: 'sleeping',
    });
    const all = outline(tree([process(5, 2), process(2, 1), process(4, 2, 9), process(6, 5), process(9, 9)]));
    expect(all.map(({ process: { pid }, depth }) => [pid, depth])).toEqual([
      [2, 0],
      [5, 1],
      [6, 2],
      [4, 1],
      [9, 0],
    ]);
  });
});

describe('figures on one axis', () => {
  const history = {
    step: 2,
    machine: curve([10, 12, 14, 16, 18], [5, 5, 5, 5, 5]),
    bosk: curve([], []),
    sessions: [
      // A tick late, one left out, then over.
      { id: 'a', ...curve([10.9, 15.1], [1, 2]) },
      { id: 'b', ...curve([14, 16, 18], [3, 4, 5]) },
    ],
  };

  it('stand where anything was measured, and hold over what a clock left out', () => {
    const trend = align(history);
    expect(trend.at).toEqual([10, 12, 14, 16, 18]);
    expect(trend.sessions.get('a')?.cpu).toEqual([1, 1, 2, 2, 2]);
    expect(trend.sessions.get('b')?.cpu).toEqual([null, null, 3, 4, 5]);
    expect(trend.sessions.get('b')?.disk).toEqual([null, null, 31, 41, 51]);
  });

  it('do not hold over what nobody measured', () => {
    const machine = curve([0, 2, 100, 102, 200], [1, 1, 1, 1, 1]);
    const trend = align({ ...history, machine, sessions: [{ id: 'a', ...curve([0, 102], [1, 2]) }] });
    expect(trend.sessions.get('a')?.cpu).toEqual([1, null, null, 2, null]);
  });

  it('grow by what comes, point by point, and lose what is old', () => {
    const sample = (cpu: number) => ({ cpu, memory: cpu, disk: 0 });
    let trend = append(align(history), 19, new Map([['b', sample(7)]]), 12);
    expect(trend.at).toEqual([12, 14, 16, 18]);
    expect(trend.sessions.get('b')?.cpu, 'the mean of the last point').toEqual([null, 3, 4, 6]);
    trend = append(trend, 20, new Map([['c', sample(1)]]), 12);
    expect(trend.at).toEqual([12, 14, 16, 18, 20]);
    expect(trend.sessions.get('b')?.cpu).toEqual([null, 3, 4, 6, null]);
    expect(trend.sessions.get('c')?.cpu).toEqual([null, null, null, null, 1]);
    trend = append(trend, 21, new Map([['c', sample(3)]]), 20);
    expect([...trend.sessions.keys()], 'who has nothing left is gone').toEqual(['c']);
    expect(trend.sessions.get('c')?.cpu).toEqual([2]);
    expect(append(none, 5, new Map([['a', sample(1)]]), 0).sessions.get('a')?.cpu).toEqual([1]);
  });

  it('are lines of their own for who used most, and one for the rest', () => {
    const trend = align({
      ...history,
      sessions: [
        { id: 'a', ...curve([10, 12], [1, 1]) },
        { id: 'b', ...curve([10, 12], [9, 9]) },
        { id: 'c', ...curve([12], [5]) },
      ],
    });
    const own = (id: string) => id;
    expect(choose(trend, own, 3)).toEqual(['a', 'b', 'c']);
    const chosen = choose(trend, own, 1);
    const groups = gather(trend, own, chosen);
    expect(groups.map(({ key }) => key)).toEqual(['b', REST]);
    expect(groups[1]?.columns.cpu.slice(0, 2)).toEqual([1, 6]);
    const together = gather(trend, () => 'shop', ['shop']);
    expect(together.map(({ columns }) => columns.cpu.slice(0, 2))).toEqual([[10, 15]]);
  });
});

describe('a file', () => {
  it('has a row for each line at each time at which it has figures', () => {
    const columns = { cpu: [1.23456789, null], memory: [5, null], disk: [0, null] };
    const lines = [{ key: 'a', label: 'Fix, login', columns }];
    const heads = { time: 'Time', name: 'Session', cpu: 'CPU', memory: 'Memory', disk: 'Disk' };
    expect(sheet([0, 60], lines, heads)).toBe(
      '\uFEFFTime,Session,CPU,Memory,Disk\r\n1970-01-01T00:00:00.000Z,"Fix, login",1.23457,5,0\r\n',
    );
    expect(fileName('bosk-usage', 'csv', new Date(2026, 10, 5, 9, 3))).toBe('bosk-usage-2026-11-05-0903.csv');
  });
});
