import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeBackend } from '../backend/fake/fake';
import { summary } from '../backend/fake/scenes';
import { figures } from '../backend/fake/usage';
import type { SessionFigures } from '../backend/types';
import { Bosk } from './bosk.svelte';
import { Connection } from './connection';
import { Looking } from './looking';
import { Store } from './store.svelte';
import { RECENT, UsageState } from './usage.svelte';

const one = summary('one', 'running', 1_000_000_000);
const measured = (id: string, at: number): SessionFigures => ({ id, ...figures(one, at) });
const usage = (...sessions: SessionFigures[]) => ({ type: 'usage' as const, sessions, machine: null });

describe('what sessions use', () => {
  it('is kept for two minutes, and told twice counts once', () => {
    const state = new UsageState();
    expect(state.latest('a')).toBeNull();
    expect(state.recent('a').cpu).toEqual([]);
    for (let second = 1; second <= RECENT + 30; second += 1)
      state.take(usage(measured('a', second * 1000), measured('b', second * 1000)));
    state.take(usage(measured('a', 5000)));
    const { at, cpu, memory } = state.recent('a');
    expect([at.length, cpu.length, memory.length]).toEqual([RECENT, RECENT, RECENT]);
    expect(at.at(-1)).toBe((RECENT + 30) * 1000);
    expect(state.latest('a')?.at).toBe((RECENT + 30) * 1000);
    state.keep((id) => id !== 'a');
    expect(state.latest('a')).toBeNull();
    expect(state.latest('b')).not.toBeNull();
  });

  it('comes into the store, and goes with the session', async () => {
    const backend = new FakeBackend('some');
    const store = new Store();
    await new Connection(backend, store).subscribe();
    backend.measure(Date.now());
    const [id = ''] = [...store.sessions.keys()];
    expect(store.usage.latest(id)?.mechanism).toBe('cgroup');
    expect(store.usage.machine?.cores).toBe(16);
    backend.emit({ type: 'session_gone', id });
    expect(store.usage.latest(id)).toBeNull();
    const [other = ''] = [...store.sessions.keys()];
    const snapshot = await backend.snapshot(true);
    store.takeSnapshot({ ...snapshot, sessions: [] });
    expect(store.usage.latest(other)).toBeNull();
  });
});

describe('looking', () => {
  const hide = (hidden: boolean) => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
    document.dispatchEvent(new Event('visibilitychange'));
  };
  afterEach(() => void vi.restoreAllMocks());

  it('begins with the first who looks, and ends with the last', () => {
    const told = vi.fn();
    const looking = new Looking(told);
    const [first, second] = [looking.begin(), looking.begin()];
    expect(told.mock.calls).toEqual([[true]]);
    first();
    first();
    expect(told).toHaveBeenCalledTimes(1);
    second();
    expect(told.mock.calls).toEqual([[true], [false]]);
  });

  it('is nobody’s behind a hidden window', () => {
    const told = vi.fn();
    const looking = new Looking(told);
    hide(true);
    const end = looking.begin();
    expect(told).not.toHaveBeenCalled();
    hide(false);
    expect(told.mock.calls).toEqual([[true]]);
    hide(true);
    end();
    expect(told.mock.calls).toEqual([[true], [false]]);
  });

  it('is told to the backend', () => {
    const backend = new FakeBackend('some');
    const store = new Store();
    const bosk = new Bosk(store, backend, new Connection(backend, store));
    const end = bosk.lookAtUsage();
    expect(backend.lookedAt).toBe(true);
    end();
    expect(backend.lookedAt).toBe(false);
    backend.end();
  });
});
