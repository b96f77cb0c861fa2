import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { open, openFirst, press } from './test-window';

const status = () => screen.getAllByRole('status').map((one) => one.textContent);
const calls = (backend: { calls: { name: string; args: unknown[] }[] }, name: string) =>
  backend.calls.filter((call) => call.name === name).map(({ args }) => args);

async function menu(item: string) {
  await fireEvent.click(screen.getByRole('button', { name: 'More' }));
  await fireEvent.click(await screen.findByTestId(`menu-${item}`));
}

describe('a session that is paused', () => {
  it('is paused and let go on from its head, and says so everywhere', async () => {
    const { id, backend } = await openFirst('one');
    await fireEvent.click(screen.getByTestId('pause'));
    const bar = await screen.findByTestId('paused');
    expect(bar.textContent).toContain('You paused this session');
    const row = screen.getByTestId('fleet-row');
    expect(row.dataset['glance']).toBe('paused');
    expect(row.textContent).toContain('Paused by you');
    expect(screen.getByRole('region', { name: /^Paused 1/ })).toBeTruthy();
    await waitFor(() => expect(status().join()).toContain(': Paused'));
    await waitFor(() => expect(screen.getByText('You paused the session')).toBeTruthy());
    expect(screen.getByTestId<HTMLTextAreaElement>('composer-input').placeholder).toContain('Paused');

    await fireEvent.click(within(bar).getByTestId('paused-go-on'));
    await waitFor(() => expect(screen.queryByTestId('paused')).toBeNull());
    expect(backend.sessions.get(id)?.summary.glance).toBe('running');
    await press('p');
    await screen.findByTestId('paused');
    await press('p');
    await waitFor(() => expect(screen.queryByTestId('paused')).toBeNull());
  });

  it('says which limit held it up, and leads to the limits', async () => {
    const { bosk } = await openFirst('paused');
    const bar = screen.getByTestId('paused');
    expect(bar.textContent).toContain('4 GB of memory');
    expect(screen.queryByTestId('ask')).toBeNull();
    await fireEvent.click(within(bar).getByText('Change limits…'));
    expect(bosk.sheet).toBe('limits');
  });

  it('says that the machine was spared', async () => {
    await open('paused');
    await fireEvent.click(screen.getAllByTestId('fleet-row')[2] as HTMLElement);
    expect((await screen.findByTestId('paused')).textContent).toContain('on battery or short of memory');
  });

  it('can be all of them at once', async () => {
    const { backend } = await open('twenty');
    const glances = () => [...backend.sessions.values()].map(({ summary }) => summary.glance);
    await fireEvent.click(screen.getByRole('button', { name: 'All sessions' }));
    await fireEvent.click(screen.getByTestId('menu-pause-all'));
    await waitFor(() => expect(glances()).not.toContain('running'));
    await fireEvent.click(screen.getByRole('button', { name: 'All sessions' }));
    await fireEvent.click(screen.getByTestId('menu-go-on-all'));
    await waitFor(() => expect(glances()).not.toContain('paused'));
  });
});

describe('the menu of a session', () => {
  it('is gone along by keys, and gives the focus back', async () => {
    await openFirst('one');
    const more = screen.getByRole('button', { name: 'More' });
    more.focus();
    await fireEvent.keyDown(more, { key: 'ArrowDown' });
    const items = await screen.findAllByRole('menuitem');
    await waitFor(() => expect(document.activeElement).toBe(items[0]));
    await fireEvent.keyDown(items[0] as HTMLElement, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(items.at(-1));
    await fireEvent.keyDown(items.at(-1) as HTMLElement, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(document.activeElement).toBe(more);
  });

  it('opens windows', async () => {
    const { backend, id } = await openFirst('one');
    await menu('own-window');
    await menu('monitor');
    await menu('strip');
    await waitFor(() =>
      expect(calls(backend, 'openWindow')).toEqual([
        ['session', id],
        ['monitor', null],
        ['strip', null],
      ]),
    );
  });
});

describe('killing', () => {
  it('asks first, says what stays, and tells what was killed', async () => {
    const { backend, id } = await openFirst('one');
    await menu('kill');
    const dialog = await screen.findByTestId('kill-dialog');
    expect(dialog.textContent).toContain('worktree stays');
    expect(backend.sessions.get(id)?.summary.state).toBe('running');
    await fireEvent.click(within(dialog).getByTestId('kill-confirm'));
    await waitFor(() => expect(screen.queryByTestId('kill-dialog')).toBeNull());
    expect(backend.sessions.get(id)?.summary.state).toBe('ended');
    expect(status().join()).toMatch(/Killed: claude/);
    await waitFor(() => expect(screen.getByText(/^Ended at once: claude/)).toBeTruthy());
    expect(screen.queryByTestId('pause')).toBeNull();
  });

  it('says what resisted', async () => {
    const { backend, bosk } = await openFirst('one');
    vi.spyOn(backend, 'kill').mockResolvedValue({ processes: [], left: [{ pid: 9, name: 'nfs' }] });
    bosk.sheet = 'kill';
    await fireEvent.click(await screen.findByTestId('kill-confirm'));
    expect((await screen.findByRole('alert')).textContent).toContain('nfs');
  });

  it('stays open with what went wrong', async () => {
    const { backend, bosk } = await openFirst('one');
    vi.spyOn(backend, 'kill').mockRejectedValue({ code: 'keeper_unreachable', message: 'No.', hint: null });
    bosk.sheet = 'kill';
    await fireEvent.click(await screen.findByTestId('kill-confirm'));
    expect((await screen.findByTestId('problem')).dataset['code']).toBe('keeper_unreachable');
  });
});

describe('quitting', () => {
  it('asks what becomes of sessions that have not ended, and may remember it', async () => {
    const { backend, store } = await open('some');
    store.onMenu('quit');
    const dialog = await screen.findByTestId('quit-dialog');
    expect(dialog.textContent).toContain('3 sessions');
    await fireEvent.click(within(dialog).getByLabelText('Remember this'));
    await fireEvent.click(within(dialog).getByTestId('quit-stop'));
    await waitFor(() => expect(calls(backend, 'quit')).toEqual([['stop', true]]));
  });

  it('does not ask where nothing would be left behind, nor what is known', async () => {
    const { backend, store, bosk } = await open('empty');
    store.onMenu('quit');
    await waitFor(() => expect(calls(backend, 'quit')).toEqual([['leave_running', false]]));
    expect(bosk.sheet).toBeNull();
    await backend.saveSettings({ ...backend.settings, quit: 'stop' });
    await backend.launch({ prompt: 'One', limits: null } as never);
    store.onMenu('quit');
    expect(calls(backend, 'quit').at(-1)).toEqual(['stop', false]);
  });
});
