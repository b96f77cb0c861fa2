import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import { uuid } from './backend/fake/scenes';
import { KEPT } from './features/panel/printed.svelte';
import { faults, open } from './test-window';

async function info(language: 'en' | 'ko' = 'en') {
  const opened = await open('worktrees');
  opened.backend.emit({ type: 'settings', settings: { ...opened.store.settings, language } });
  opened.bosk.select(uuid(2));
  await screen.findByTestId('transcript');
  await fireEvent.click(screen.getByTestId('panel-info'));
  return { ...opened, panel: screen.getByRole('tabpanel') };
}
const section = () => screen.getByTestId('beside');
const toggle = () => screen.getByTestId<HTMLButtonElement>('beside-toggle');
const log = () => screen.getByRole('region', { name: 'What it has printed' });

describe('the command beside Claude', () => {
  it('is started and stopped, and says what it prints meanwhile', async () => {
    const { backend, panel } = await info();
    expect(section().textContent).toMatch(/npm run dev\s*Start\s*Not running/);
    expect(within(panel).getByText('Port').nextElementSibling?.textContent.trim()).toBe('4300');
    await fireEvent.click(screen.getByRole('button', { name: 'Start npm run dev' }));
    await waitFor(() => expect(within(section()).getByRole('status').textContent).toBe('Running'));
    await waitFor(() => expect(log().textContent).toContain('ready in 214 ms'));
    expect(log().querySelector('.green')?.textContent).toBe('ready');
    await waitFor(() => expect(backend.listeners).toBe(1));
    backend.print('GET /prices 200\n');
    await waitFor(() => expect(log().textContent).toContain('GET /prices 200'));
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Stop npm run dev' }));
    await waitFor(() => expect(within(section()).getByRole('status').textContent).toBe('Not running'));
    await fireEvent.click(toggle());
    await waitFor(() => expect(backend.listeners).toBe(1));
    backend.endRun(uuid(2), 3);
    await waitFor(() => expect(within(section()).getByRole('status').textContent).toBe('Ended with code 3'));
  });

  it('is read by one call at a time, and while somebody looks', async () => {
    const { backend } = await info();
    const asked = vi.spyOn(backend, 'runLog');
    await fireEvent.click(toggle());
    await waitFor(() => expect(backend.listeners).toBe(1));
    for (const tab of ['changes', 'info', 'changes', 'info']) {
      await fireEvent.click(screen.getByTestId(`panel-${tab}`));
    }
    expect(backend.listeners).toBe(1);
    expect(log().textContent).toContain('ready in 214 ms');
    await fireEvent.click(screen.getByTestId('panel-changes'));
    const times = asked.mock.calls.length;
    backend.print('nobody looks\n');
    await waitFor(() => expect(backend.listeners).toBe(0));
    await new Promise(requestAnimationFrame);
    expect(asked.mock.calls).toHaveLength(times);
  });

  it('is shown by its end, whole lines of it', async () => {
    const { backend } = await info();
    await fireEvent.click(toggle());
    backend.print(Array.from({ length: 4000 }, (_, at) => `line ${at}\n`).join(''));
    await waitFor(() => expect(log().textContent).toContain('line 3999'));
    expect(log().textContent.length).toBeLessThanOrEqual(KEPT);
    expect(log().textContent).toMatch(/^\s*line \d+\n/);
  });

  it('begins anew after the session was resumed', async () => {
    const { backend } = await info();
    await waitFor(() => expect(log().textContent).toContain('ready'));
    const said = vi.spyOn(backend, 'runLog');
    const whole = { from: 0, end: 6, text: 'again\n', running: true };
    said.mockImplementation(async (_, from) =>
      from > 6
        ? { from: 6, end: 6, text: '', running: true }
        : from === 0
          ? whole
          : new Promise(() => undefined),
    );
    await fireEvent.click(toggle());
    await waitFor(() => expect(log().textContent.trim()).toBe('again'));
  });

  it('is a matter of the palette too, where it can be started', async () => {
    const { backend, bosk } = await info();
    const named = () => actions(bosk).filter(({ id }) => id.endsWith('-run'));
    expect(named().map(({ label }) => label)).toEqual(['Start npm run dev']);
    named()[0]?.run();
    await waitFor(() => expect(named().map(({ label }) => label)).toEqual(['Stop npm run dev']));
    named()[0]?.run();
    await waitFor(() => expect(backend.calls.at(-1)).toEqual({ name: 'stopRun', args: [uuid(2)] }));
    await backend.pause(uuid(2));
    await waitFor(() => expect(named()).toEqual([]));
    expect(toggle().disabled).toBe(true);
  });

  it('is not there where none is named, or the session has ended', async () => {
    const { backend, bosk } = await info();
    await backend.stop(uuid(2));
    await waitFor(() => expect(screen.queryByTestId('beside')).toBeNull());
    expect(actions(bosk).some(({ id }) => id.endsWith('-run'))).toBe(false);
  });

  it('speaks Korean', async () => {
    await info('ko');
    expect(await screen.findByRole('button', { name: 'npm run dev 시작' })).toBeTruthy();
    expect(section().textContent).toContain('Claude와 함께 도는 명령');
  });
});
