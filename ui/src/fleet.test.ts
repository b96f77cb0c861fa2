import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeBackend } from './backend/fake/fake';
import { Connection } from './state/connection';
import { AIMING } from './state/fleet.svelte';
import { Store } from './state/store.svelte';
import { open } from './test-window';

const rows = () => screen.getAllByTestId('fleet-row');
const ids = () => rows().map((row) => row.dataset['session'] ?? '');
const row = (id: string) => rows().find((one) => one.dataset['session'] === id);

/** The first row in a state. */
function first(glance: string): HTMLElement {
  const found = rows().find((one) => one.dataset['glance'] === glance);
  if (!found) throw new Error(`nothing is ${glance}`);
  return found;
}

function stopTheClock() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe('a session that is chosen', () => {
  it('shows its head at once, and says that the rest is loading only when that takes a while', async () => {
    const { backend, bosk } = await open('twenty');
    const watch = backend.watch.bind(backend);
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((done) => (arrive = done));
    vi.spyOn(backend, 'watch').mockImplementation((id) => arrived.then(() => watch(id)));
    stopTheClock();
    await fireEvent.click(first('running'));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(bosk.session?.title);
    vi.advanceTimersByTime(149);
    await tick();
    expect(screen.queryByText('Loading…')).toBeNull();
    vi.advanceTimersByTime(1);
    await tick();
    expect(screen.getByText('Loading…').role).toBe('status');
    vi.useRealTimers();
    arrive();
    await screen.findByTestId('transcript');
    expect(screen.queryByText('Loading…')).toBeNull();
  });

  it('can be tried again when it could not be read', async () => {
    const { backend } = await open('twenty');
    const silent = { code: 'keeper_unreachable', message: 'No.', hint: null };
    vi.spyOn(backend, 'watch').mockRejectedValueOnce(silent);
    await fireEvent.click(first('running'));
    await fireEvent.click(await screen.findByText('Try again'));
    await screen.findByTestId('transcript');
  });

  it('is chosen by the press of the primary button, before any release', async () => {
    const { backend, bosk } = await open('twenty');
    const watch = vi.spyOn(backend, 'watch');
    const running = first('running');
    await fireEvent.pointerDown(running, { button: 2 });
    await fireEvent.pointerDown(running, { button: 0, pointerType: 'touch' });
    expect(bosk.selected).toBeNull();
    await fireEvent.pointerDown(running, { button: 0, pointerType: 'mouse' });
    expect(bosk.selected).toBe(running.dataset['session']);
    await fireEvent.click(running);
    expect(watch).toHaveBeenCalledTimes(1);
  });
});

describe('the places in the fleet', () => {
  it('are kept while the pointer is there, and what changes is shown in place', async () => {
    const { backend } = await open('twenty');
    const before = ids();
    const [id = ''] = ids().filter((one) => row(one)?.dataset['glance'] === 'done');
    await fireEvent.pointerMove(first('running'));
    backend.update(id, { glance: 'needs_you', turn: 'asking' });
    await waitFor(() => expect(row(id)?.dataset['glance']).toBe('needs_you'));
    expect(ids()).toEqual(before);

    const launched = await backend.launch({ prompt: 'One more' } as never);
    await waitFor(() => expect(ids()).toEqual([...before, launched]));

    const list = first('running').closest('.list');
    if (list) await fireEvent.pointerLeave(list);
    expect(ids()).not.toEqual([...before, launched]);
    expect(ids().indexOf(id)).toBeLessThan(ids().indexOf(first('failed').dataset['session'] ?? ''));
  });

  it('are given up when the pointer only rests there', async () => {
    const { backend } = await open('twenty');
    const before = ids();
    stopTheClock();
    await fireEvent.pointerMove(first('running'));
    backend.update(first('done').dataset['session'] ?? '', { glance: 'running', turn: 'working' });
    vi.advanceTimersByTime(AIMING - 1);
    await tick();
    expect(ids()).toEqual(before);
    vi.advanceTimersByTime(1);
    await tick();
    expect(ids()).not.toEqual(before);
  });

  it('are kept while keys go from row to row, and the focus goes along when they are given up', async () => {
    const { backend, bosk } = await open('twenty');
    first('needs_you').focus();
    await fireEvent.keyDown(first('needs_you'), { key: 'ArrowDown' });
    const before = ids();
    const id = bosk.selected ?? '';
    backend.update(id, { glance: 'done', turn: 'idle' });
    await waitFor(() => expect(row(id)?.dataset['glance']).toBe('done'));
    expect(ids()).toEqual(before);
    expect(document.activeElement).toBe(row(id));
    bosk.fleet.release();
    await tick();
    expect(ids()).not.toEqual(before);
    expect(document.activeElement).toBe(row(id));
  });
});

describe('a thousand sessions', () => {
  it('are drawn as far as one sees, and further as one goes down or steps', async () => {
    const { bosk } = await open('thousand');
    // As many as fit a window of 768 pixels at first, and 60 more once they stand.
    await waitFor(() => expect(rows()).toHaveLength(18 + 60));
    expect(screen.getByRole('region', { name: /Stopped/ }).textContent).toContain('1,002');
    const list = rows()[0]?.closest('.list');
    if (!list) throw new Error('no list');
    await fireEvent.scroll(list);
    expect(rows()).toHaveLength(18 + 120);
    bosk.select('past-500');
    await tick();
    expect(row('past-500')).toBeTruthy();
    expect(row('past-999')).toBeUndefined();
  });

  it('are counted in the first picture, and told after it', async () => {
    const backend = new FakeBackend('thousand');
    const store = new Store();
    const connection = new Connection(backend, store);
    const counted = () =>
      Object.values(store.earlier.counts).reduce((sum, count) => sum + count, store.sessions.size);
    await connection.subscribe();
    expect([store.sessions.size, counted()]).toEqual([100, 1020]);
    await backend.opened();
    expect([store.sessions.size, counted()]).toEqual([1020, 1020]);
    expect(store.earlier).toEqual({ counts: {}, cost_usd: 0 });
    // One that lost its way gets all of them at once.
    await connection.subscribe();
    expect(store.sessions.size).toBe(1020);
  });
});
