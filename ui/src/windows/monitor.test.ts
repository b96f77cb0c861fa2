import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { clock } from '../state/clock.svelte';
import { faults } from '../test-window';
import MonitorWindow from './MonitorWindow.svelte';
import { openApart } from './test-apart';

const rows = () => screen.getAllByTestId('monitor-row');
const titles = () => rows().map((row) => row.querySelector('[data-opener] .cut')?.textContent ?? '');
const glances = () => rows().map((row) => row.dataset['glance']);
const opener = (row: HTMLElement | undefined) => row?.querySelector<HTMLElement>('[data-opener]');

async function open(scene = 'twenty') {
  const opened = await openApart(MonitorWindow, 'monitor', scene);
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  // The table and the graphs follow the clock.
  opened.second();
  await tick();
  return opened;
}

const cell = (row: HTMLElement, at: number) => row.querySelectorAll('tr:first-child > td')[at]?.textContent;
const CPU = 1;

describe('the monitor', () => {
  it('lists who lives, by what they need, with what they use', async () => {
    await open();
    expect(document.title).toBe('Monitor – Bosk');
    expect(glances().slice(0, 5)).toEqual(['needs_you', 'needs_you', 'needs_you', 'needs_you', 'failed']);
    expect(glances()).not.toContain('stopped');
    const running = rows().find((row) => row.dataset['glance'] === 'running');
    if (!running) throw new Error('nothing runs');
    expect(cell(running, CPU)).toMatch(/\d+%/);
    expect(running.textContent).toContain('shop');
    expect(within(running).getAllByTestId('sparkline')).toHaveLength(2);
    const queued = rows().find((row) => row.dataset['glance'] === 'queued');
    expect(cell(queued ?? running, CPU)?.trim()).toBe('');
    expect(screen.getByText('of 16 cores')).toBeTruthy();
    expect(screen.getByText('Bosk itself')).toBeTruthy();
  });

  it('has nothing that axe objects to, closed and opened', async () => {
    await open();
    await fireEvent.click(opener(rows()[0]) ?? document.body);
    await screen.findAllByTestId('monitor-process');
    expect(await faults()).toEqual([]);
  });

  it('says so when nothing runs', async () => {
    await openApart(MonitorWindow, 'monitor', 'empty');
    expect(await screen.findByText('No session is running')).toBeTruthy();
    expect(await faults()).toEqual([]);
  });

  it('shows those that have ended when it is asked to', async () => {
    await open();
    await fireEvent.click(screen.getByTestId('with-ended'));
    await waitFor(() => expect(glances().slice(-2)).toEqual(['stopped', 'stopped']));
  });

  it('lists no more than the newest of a thousand that have ended', async () => {
    await open('thousand');
    await fireEvent.click(screen.getByTestId('with-ended'));
    await waitFor(() => expect(rows()).toHaveLength(118));
    expect(screen.getByText('The newest 100 of them are listed.')).toBeTruthy();
  });
});

describe('the table', () => {
  it('is sorted by a column, and turned around by the same', async () => {
    await open();
    const head = (name: string) => screen.getByRole('columnheader', { name: new RegExp(`^${name}`) });
    expect(head('State').getAttribute('aria-sort')).toBe('ascending');
    await fireEvent.click(screen.getByTestId('sort-cpu'));
    expect(head('CPU').getAttribute('aria-sort')).toBe('descending');
    expect(head('State').hasAttribute('aria-sort')).toBe(false);
    const used = rows().map((row) => parseInt(cell(row, CPU) ?? ''));
    const known = used.filter((value) => !Number.isNaN(value));
    expect(known).toEqual([...known].sort((a, b) => b - a));
    expect(used.slice(known.length).every(Number.isNaN)).toBe(true);
    await fireEvent.click(screen.getByTestId('sort-title'));
    const first = titles();
    await fireEvent.click(screen.getByTestId('sort-title'));
    expect(titles()).toEqual([...first].reverse());
  });

  it('is one stop for the tab key, and arrows go along it', async () => {
    const { backend } = await open();
    const stops = rows().flatMap((row) => [...row.querySelectorAll<HTMLElement>('button[tabindex="0"]')]);
    expect(new Set(stops.map((one) => one.closest('tbody')))).toEqual(new Set([rows()[0]]));
    const key = (name: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key: name });
    opener(rows()[0])?.focus();
    await key('ArrowDown');
    expect(document.activeElement).toBe(opener(rows()[1]));
    await key('ArrowRight');
    expect(opener(rows()[1])?.getAttribute('aria-expanded')).toBe('true');
    await key('ArrowLeft');
    expect(opener(rows()[1])?.getAttribute('aria-expanded')).toBe('false');
    await key('End');
    expect(document.activeElement).toBe(opener(rows().at(-1)));
    await key('Home');
    const pause = vi.spyOn(backend, 'pause');
    await key('p');
    expect(pause).toHaveBeenCalledWith(rows()[0]?.dataset['session']);
  });

  it('keeps rows in their places while somebody aims at one', async () => {
    const { backend, second } = await open();
    const before = titles();
    const table = screen.getByRole('table', { name: 'Sessions' });
    await fireEvent.pointerMove(table);
    backend.update(rows().at(-1)?.dataset['session'] ?? '', { glance: 'needs_you' });
    second(Date.now() + 1000);
    await tick();
    expect(titles()).toEqual(before);
    expect(rows().at(-1)?.dataset['glance']).toBe('needs_you');
    second(Date.now() + 10_000);
    await tick();
    expect(titles()).not.toEqual(before);
  });

  it('is drawn once a second, however much comes', async () => {
    const { backend } = await open();
    const drawn = rows().map((row) => row.textContent);
    for (let at = 1; at < 20; at += 1) backend.measure(clock.now + at * 40);
    await tick();
    expect(rows().map((row) => row.textContent)).toEqual(drawn);
  });
});

describe('a row', () => {
  it('opens to its processes, asked for every two seconds as long as it is open', async () => {
    const { backend, second } = await open();
    const asked = vi.spyOn(backend, 'processes');
    const running = rows().find((row) => row.dataset['glance'] === 'running');
    await fireEvent.click(opener(running) ?? document.body);
    const [first, below] = await screen.findAllByTestId('monitor-process');
    expect(first?.textContent).toContain('claude');
    expect(below?.querySelector<HTMLElement>('.name')?.style.paddingInlineStart).toBe('14px');
    expect(asked).toHaveBeenCalledTimes(1);
    for (let at = 0; at < 6; at += 1) {
      second();
      await tick();
    }
    expect(asked).toHaveBeenCalledTimes(4);
    await fireEvent.click(opener(running) ?? document.body);
    expect(screen.queryByTestId('monitor-process')).toBeNull();
    second(clock.now + 5000);
    await tick();
    expect(asked).toHaveBeenCalledTimes(4);
  });

  it('is paused and goes on, and all are', async () => {
    const { backend } = await open();
    const running = () => rows().filter((row) => row.dataset['glance'] === 'running');
    const [one] = running();
    if (!one) throw new Error('nothing runs');
    await fireEvent.click(within(one).getByLabelText('Pause'));
    await waitFor(() => expect(one.dataset['glance']).toBe('paused'));
    await fireEvent.click(within(one).getByLabelText('Let it go on'));
    await waitFor(() => expect(one.dataset['glance']).toBe('running'));
    await fireEvent.click(screen.getByTestId('pause-all'));
    await waitFor(() => expect(running()).toHaveLength(0));
    await fireEvent.click(screen.getByTestId('go-on-all'));
    await waitFor(() => expect(running().length).toBeGreaterThan(0));
    await fireEvent.click(within(one).getByLabelText('Open in a window of its own'));
    expect(backend.calls.at(-1)).toEqual({ name: 'openWindow', args: ['session', one.dataset['session']] });
  });

  it('is killed only after a question, and is given limits', async () => {
    const { backend } = await open();
    const kill = vi.spyOn(backend, 'kill');
    const [one] = rows();
    await fireEvent.click(opener(one) ?? document.body);
    await fireEvent.click(screen.getByTestId('monitor-limits'));
    const limits = await screen.findByTestId('limits-dialog');
    await fireEvent.click(within(limits).getByText('Cancel'));
    await fireEvent.click(screen.getByTestId('monitor-kill'));
    await screen.findByTestId('kill-dialog');
    expect(kill).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByTestId('kill-confirm'));
    await waitFor(() => expect(kill).toHaveBeenCalledWith(one?.dataset['session']));
  });
});

describe('the graphs', () => {
  it('have a line for each, or for each repository, over the time that is chosen', async () => {
    const { backend } = await open('some');
    const asked = vi.spyOn(backend, 'usageHistory');
    const legend = () =>
      within(screen.getByRole('list', { name: 'What each line is' }))
        .getAllByRole('listitem')
        .map((item) => item.textContent);
    await waitFor(() => expect(legend()).toHaveLength(3));
    await fireEvent.click(screen.getByLabelText('By repository'));
    expect(legend()).toEqual(['shop']);
    expect(asked).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByLabelText('1h'));
    expect(asked).toHaveBeenCalledTimes(1);
    const [ids, from = 0, to = 0, points] = asked.mock.calls[0] ?? [];
    expect([ids?.length, to - from, points]).toEqual([3, 3600, 300]);
  });

  it('name ten lines, and the rest as one', async () => {
    await open();
    const legend = await screen.findByRole('list', { name: 'What each line is' });
    await waitFor(() => expect(within(legend).getAllByRole('listitem')).toHaveLength(11));
    expect(within(legend).getByText('Others')).toBeTruthy();
  });

  it('go on with what is measured', async () => {
    const { second } = await open('one');
    await fireEvent.click(screen.getByLabelText('5m'));
    const graph = screen.getByRole('figure', { name: 'CPU' });
    const first = () => within(graph).getAllByRole('row')[1]?.textContent;
    await waitFor(() => expect(first()).toBeTruthy());
    const before = first();
    second();
    await waitFor(() => expect(first()).not.toBe(before));
  });

  it('are kept as a file', async () => {
    const { backend, bosk } = await open('some');
    await screen.findByRole('list', { name: 'What each line is' });
    await fireEvent.click(screen.getByTestId('export-csv'));
    await waitFor(() => expect(backend.calls.at(-1)?.name).toBe('saveFile'));
    const [name, content] = backend.calls.at(-1)?.args ?? [];
    expect(name).toMatch(/^bosk-usage-\d{4}-\d\d-\d\d-\d{4}\.csv$/);
    const text = new TextDecoder().decode(content as Uint8Array);
    expect(text.split('\r\n')[0]).toBe('Time,By session,CPU (cores),Memory (bytes),Disk (bytes a second)');
    expect(text).toContain('Port the pricing tests');
    await waitFor(() => expect(bosk.said).toContain('bosk-usage'));
  });
});

describe('in Korean', () => {
  it('there is no English left', async () => {
    await open('korean');
    await screen.findByText('이 컴퓨터');
    let words = document.body.innerHTML.replace(/<[^>]*>/g, ' ');
    for (const known of ['shop', 'CPU', 'CSV', 'PNG', 'Bosk']) words = words.replaceAll(known, '');
    const left = words.match(/[A-Za-z]{3,}/g);
    expect(left ?? []).toEqual([]);
  });
});
