import { describe, expect, it } from 'vitest';
import { FakeBackend } from '../../backend/fake/fake';
import { figures } from '../../backend/fake/usage';
import type { ProcessUsage } from '../../backend/types';
import { tree } from '../../shared/processes';
import { RecentUse, SPAN } from './recent.svelte';

describe('the last ten minutes', () => {
  it('are what was measured before, and what comes from then on', async () => {
    const backend = new FakeBackend('one');
    const [session] = backend.sessions.values();
    if (!session) throw new Error('no session');
    const { summary } = session;
    const recent = new RecentUse(backend, summary.id);
    const now = Math.floor(Date.now() / 1000);
    // One comes before the answer does.
    recent.add(figures(summary, (now - 2) * 1000));
    await recent.load(now);
    recent.add(figures(summary, (now + 1) * 1000));
    recent.add(figures(summary, (now + 1) * 1000));
    const { at, cpu, memory } = recent.columns;
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(new Set(at).size).toBe(at.length);
    expect(at.slice(-2)).toEqual([now - 2, now + 1]);
    expect([cpu.length, memory.length]).toEqual([at.length, at.length]);
    recent.add(figures(summary, (now + SPAN + 1) * 1000));
    expect(recent.columns.at).toEqual([now + 1, now + SPAN + 1]);
  });
});

describe('processes', () => {
  it('stand below those that started them, the oldest first', () => {
    const process = (pid: number, parent: number, started: number): ProcessUsage => ({
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
    const [root, stray, ...more] = tree([
      process(5, 2, 9),
      process(2, 1, 3),
      process(4, 2, 5),
      process(9, 9, 8),
    ]);
    expect(root?.process.pid).toBe(2);
    expect(root?.children.map((child) => child.process.pid)).toEqual([4, 5]);
    expect(stray?.process.pid).toBe(9);
    expect(more).toEqual([]);
  });
});
