import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { FakeBackend } from './backend/fake/fake';
import { Connection } from './state/connection';
import { AIMING } from './state/fleet.svelte';
import { Store } from './state/store.svelte';
import { faults, open, press } from './test-window';
import MonitorWindow from './windows/MonitorWindow.svelte';
import { openApart } from './windows/test-apart';

const rows = () => screen.queryAllByTestId('foreign-row');
const titles = () => rows().map((row) => row.querySelector('.title')?.textContent);
const WHERE = 'not_a_repository';

const ALIVE = '00000000-0000-4000-a000-000000000001';
const ENDED = '00000000-0000-4000-a000-000000000002';

describe('sessions that were started elsewhere', () => {
  it('are known from the snapshot and each event, and what they use is kept as long as they are', async () => {
    const backend = new FakeBackend('twenty');
    const store = new Store();
    await new Connection(backend, store).subscribe();
    expect(store.foreign.map(({ id }) => id)).toEqual([ALIVE, ENDED]);
    backend.measure(Date.now());
    expect(store.usage.latest(ALIVE)).not.toBeNull();
    expect(store.usage.latest(ENDED)).toBeNull();
    store.takeSnapshot(await backend.snapshot(true));
    backend.emit({ type: 'session_gone', id: [...store.sessions.keys()][0] ?? '' });
    expect(store.usage.latest(ALIVE)).not.toBeNull();
    backend.emit({ type: 'foreign', sessions: [] });
    expect(store.foreign).toEqual([]);
    expect(store.usage.latest(ALIVE)).toBeNull();
  });

  it('are Bosk’s alone once they were taken over, whatever is told last', async () => {
    const backend = new FakeBackend('twenty');
    const store = new Store();
    await new Connection(backend, store).subscribe();
    const before = backend.foreign;
    await backend.adopt(ENDED);
    backend.emit({ type: 'foreign', sessions: before });
    expect(store.sessions.get(ENDED)?.state).toBe('ended');
    expect(store.foreign.map(({ id }) => id)).toEqual([ALIVE]);
  });
});

describe('elsewhere, in the list', () => {
  it('comes last, and tells of each where it works and what it uses', async () => {
    const { backend } = await open('twenty');
    backend.measure(Date.now());
    backend.measure(Date.now() + 1000);
    await tick();
    const regions = screen.getAllByRole('region', { name: /./ }).map((one) => one.dataset['testid']);
    expect(regions.filter(Boolean)).toEqual(['elsewhere']);
    const list = document.querySelector('.list');
    expect(list?.lastElementChild).toBe(screen.getByTestId('elsewhere'));
    expect(titles()).toEqual(['Sketch the price page', 'site']);
    const [alive, ended] = rows();
    expect(alive?.textContent).toContain('Busy');
    expect(alive?.textContent).toContain('/home/mina/work/experiments/2026/pricing/sketches');
    expect(alive?.textContent).toMatch(/Memory\s*[\d.]+ (MB|GB)/);
    expect(within(alive as HTMLElement).getByTestId('sparkline')).toBeTruthy();
    expect(within(alive as HTMLElement).queryByRole('button')).toBeNull();
    expect(ended?.textContent).toContain('Ended');
    expect(within(ended as HTMLElement).queryByTestId('sparkline')).toBeNull();
    expect(await faults()).toEqual([]);
  });

  it('is not there when there is none', async () => {
    await open('some');
    expect(screen.queryByTestId('elsewhere')).toBeNull();
    expect(screen.queryByText('Elsewhere')).toBeNull();
  });

  it('is passed over by keys, and by a press', async () => {
    const { bosk } = await open('twenty');
    const own = bosk.fleet.rows.map(({ id }) => id);
    for (let at = 0; at < own.length + 3; at += 1) await press('j');
    expect(bosk.selected).toBe(own.at(-1));
    await fireEvent.pointerDown(rows()[0] ?? document.body, { button: 0, pointerType: 'mouse' });
    await fireEvent.click(rows()[0] ?? document.body);
    expect(bosk.selected).toBe(own.at(-1));
  });

  it('keeps its places while somebody aims', async () => {
    const { backend } = await open('twenty');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await fireEvent.pointerMove(rows()[0] ?? document.body);
    const [one] = backend.foreign;
    if (!one) throw new Error('nobody is elsewhere');
    const newer = { ...one, id: 'newer', title: 'newer', started_at: Date.now() };
    backend.emit({ type: 'foreign', sessions: [newer, ...backend.foreign] });
    await tick();
    expect(titles()).toEqual(['Sketch the price page', 'site', 'newer']);
    vi.advanceTimersByTime(AIMING);
    await tick();
    expect(titles()).toEqual(['newer', 'Sketch the price page', 'site']);
    vi.useRealTimers();
  });

  it('gives what has ended to Bosk, and goes there', async () => {
    const { bosk } = await open('twenty');
    await fireEvent.click(screen.getByRole('button', { name: 'Open here: site' }));
    await screen.findByTestId('transcript');
    expect(bosk.session).toMatchObject({ id: ENDED, title: 'site', state: 'ended' });
    expect(titles()).toEqual(['Sketch the price page']);
  });

  it('says why it could not, and stays where it was', async () => {
    const { backend, bosk } = await open('twenty');
    const problem = { code: WHERE, message: '/tmp is not inside a git repository.', hint: null };
    vi.spyOn(backend, 'adopt').mockRejectedValueOnce(problem);
    await fireEvent.click(screen.getByTestId('open-here'));
    expect((await screen.findByTestId('problem')).dataset['code']).toBe(WHERE);
    expect(bosk.selected).toBeNull();
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('open-here').disabled).toBe(false));
  });

  it('is reached from the palette', async () => {
    const { bosk } = await open('twenty');
    bosk.sheet = 'palette';
    await fireEvent.click(await screen.findByRole('option', { name: /^Open here: site/ }));
    await waitFor(() => expect(bosk.session?.id).toBe(ENDED));
  });

  it('speaks Korean', async () => {
    const { store, backend } = await open('twenty');
    await backend.saveSettings({ ...store.settings, language: 'ko' });
    const group = await screen.findByRole('region', { name: /^다른 곳/ });
    expect(group.textContent).toContain('일하는 중');
    expect(within(group).getByRole('button', { name: '여기서 열기: site' })).toBeTruthy();
  });
});

describe('elsewhere, in the monitor', () => {
  async function monitor() {
    const opened = await openApart(MonitorWindow, 'monitor', 'twenty');
    await waitFor(() => expect(rows()).toHaveLength(2));
    opened.second();
    await tick();
    return opened;
  }
  const lines = () => rows().map((row) => row.closest('tr'));
  const cell = (line: HTMLElement | null | undefined, at: number) =>
    line?.querySelectorAll('td')[at]?.textContent.trim();

  it('is a part of its own below the others, and only shown', async () => {
    const { backend } = await monitor();
    const part = screen.getByTestId('elsewhere');
    expect(part.previousElementSibling?.getAttribute('data-testid')).toBe('monitor-row');
    expect(within(part).getByRole('rowheader', { name: /^Elsewhere 2/ })).toBeTruthy();
    const [alive, ended] = lines();
    expect([cell(alive, 0), cell(ended, 0)]).toEqual(['Busy', 'Ended']);
    expect(cell(alive, 1)).toMatch(/\d+%/);
    expect([cell(ended, 1), cell(ended, 2)]).toEqual(['Open here', '']);
    expect(within(part).getAllByRole('button')).toHaveLength(1);
    expect(alive?.querySelector('svg line')).toBeTruthy();
    await fireEvent.click(within(part).getByRole('button'));
    await waitFor(() => expect(backend.calls).toContainEqual({ name: 'openWindow', args: ['main', ENDED] }));
    expect(await faults()).toEqual([]);
  });

  it('is sorted as the others are, who lives first', async () => {
    const { backend } = await monitor();
    const [one] = backend.foreign;
    if (!one) throw new Error('nobody is elsewhere');
    const idle = { ...one, id: 'idle', title: 'A', busy: false };
    backend.foreign = [...backend.foreign, idle];
    backend.emit({ type: 'foreign', sessions: backend.foreign });
    await fireEvent.click(screen.getByTestId('sort-title'));
    expect(titles()).toEqual(['A', 'Sketch the price page', 'site']);
    await fireEvent.click(screen.getByTestId('sort-state'));
    expect(titles()).toEqual(['Sketch the price page', 'A', 'site']);
  });

  it('is in the graphs, in what was measured before, and in the file', async () => {
    const { backend } = await monitor();
    const asked = vi.spyOn(backend, 'usageHistory');
    await fireEvent.click(screen.getByLabelText('1h'));
    expect(asked.mock.calls[0]?.[0]).toEqual(expect.arrayContaining([ALIVE]));
    const legend = await screen.findByRole('list', { name: 'What each line is' });
    await waitFor(() => expect(legend.textContent).toContain('Sketch the price page'));
    await fireEvent.click(screen.getByTestId('export-csv'));
    await waitFor(() => expect(backend.calls.at(-1)?.name).toBe('saveFile'));
    const text = new TextDecoder().decode(backend.calls.at(-1)?.args[1] as Uint8Array);
    expect(text).toContain('Sketch the price page');
    await fireEvent.click(screen.getByLabelText('By repository'));
    expect(within(legend).getByText('sketches')).toBeTruthy();
  });

  it('is there even when nothing of Bosk’s is', async () => {
    const { backend, second } = await openApart(MonitorWindow, 'monitor', 'empty');
    await screen.findByText('No session is running');
    backend.foreign = new FakeBackend('twenty').foreign;
    backend.emit({ type: 'foreign', sessions: backend.foreign });
    second();
    await waitFor(() => expect(rows()).toHaveLength(2));
  });
});
