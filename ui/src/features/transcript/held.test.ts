import { describe, expect, it } from 'vitest';
import type { EntryBody } from '../../backend/bindings/EntryBody';
import type { Entry, EntryOf } from '../../backend/types';
import { speech } from '../../i18n/index.svelte';
import { fullCost, shortCost } from './cost';
import { heldInside, heldLevel, heldWords } from './held';

type Held = Parameters<typeof heldWords>[0];
const entry = (body: EntryBody) => ({ index: 0, at: 0, parent: null, ...body }) as Entry as Held;
const limit = (body: Partial<EntryOf<'limit'>>) =>
  entry({
    kind: 'limit',
    limit: 'memory',
    reached: true,
    rung: null,
    used: 4.2e9,
    of: 4e9,
    stopped: [],
    ...body,
  }) as EntryOf<'limit'>;

describe('what held a session up', () => {
  it('is told in plain words', () => {
    expect(heldWords(entry({ kind: 'paused', by: 'person' }))).toBe('You paused the session');
    expect(heldWords(entry({ kind: 'paused', by: 'limit', limit: 'cpu_time' }))).toBe(
      'Paused at its limit: CPU time',
    );
    expect(heldWords(limit({ reached: false, used: 3.3e9 }))).toBe(
      'Close to its limit of memory: 3.3 GB of 4 GB',
    );
    expect(heldWords(limit({}))).toBe('Limit reached: 4 GB of memory. Nothing was done.');
    expect(heldWords(limit({ limit: 'processes', of: 40, rung: 'pause' }))).toBe(
      'Limit reached: 40 processes. Everything was paused.',
    );
    expect(heldWords(limit({ limit: 'idle', of: 1800, rung: 'stop' }))).toBe(
      'Nobody wrote for 30m, so its process was ended. A message starts it again.',
    );
  });

  it('names what was ended, each name once, and each process inside', () => {
    const node = (pid: number) => ({ pid, name: 'node' });
    const stopped = limit({ rung: 'stop_tool', stopped: [node(7), node(8), { pid: 9, name: 'esbuild' }] });
    expect(heldWords(stopped)).toBe(
      'Limit reached: 4 GB of memory. What used most was stopped, and Claude was told: node ×2, esbuild.',
    );
    expect(heldInside(stopped)).toBe('7  node\n8  node\n9  esbuild');
    const killed = entry({ kind: 'killed', processes: [node(7)], left: [{ pid: 9, name: 'nfs' }] });
    expect(heldWords(killed)).toBe('Ended at once: node. Could not be ended: nfs');
    expect(heldLevel(killed as EntryOf<'killed'>)).toBe('error');
    expect(heldWords(entry({ kind: 'killed', processes: [], left: [] }))).toBe('Nothing was left to end');
  });
});

describe('the cost of a tool', () => {
  const cost = { cpu_seconds: 96, peak_memory: 4.1e9, memory_kind: 'pss' as const, shared: false };

  it('is short on the line, and in full beside it', () => {
    expect(shortCost(cost)).toBe('4.1 GB, 96s CPU');
    expect(fullCost({ ...cost, shared: true })).toBe(
      'Peak memory 4.1 GB (PSS: memory that processes share is counted once), CPU time 1m 36s, together with other tools',
    );
    expect(fullCost({ ...cost, memory_kind: 'rss' })).toContain('RSS');
    expect(shortCost({ ...cost, peak_memory: null, cpu_seconds: 2.44 })).toBe('2.4s CPU');
  });

  it('speaks Korean', () => {
    speech.chosen = 'ko';
    expect(shortCost(cost)).toBe('4.1GB, CPU 96초');
    speech.chosen = null;
  });
});
