import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { FakeBackend } from './backend/fake/fake';
import { Bosk } from './state/bosk.svelte';
import { Connection } from './state/connection';
import { Store } from './state/store.svelte';
import { faults, open, openFirst, press } from './test-window';

describe('launching', () => {
  it('shows where the work will happen, then starts it', async () => {
    const { backend, bosk } = await open('some');
    await fireEvent.click(screen.getByTestId('launch-open'));
    await fireEvent.input(screen.getByTestId('launch-prompt'), { target: { value: 'Fix the test' } });
    await waitFor(() =>
      expect(screen.getByTestId('launch-plan').textContent).toContain('worktrees/shop/fix-the-test'),
    );
    await fireEvent.keyDown(screen.getByTestId('launch-prompt'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(bosk.session?.title).toBe('Fix the test'));
    expect(backend.calls.find(({ name }) => name === 'launch')).toMatchObject({
      args: [{ permission_mode: 'manual', worktree: true }],
    });
    expect(screen.queryByRole('dialog')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('composer-input')));
  });

  it('asks about trust before anything of the repository runs', async () => {
    const { bosk } = await open('trust');
    await fireEvent.click(screen.getByTestId('launch-open'));
    await fireEvent.input(screen.getByTestId('launch-prompt'), { target: { value: 'Go' } });
    await fireEvent.click(screen.getByTestId('launch-submit'));
    const trust = await screen.findByTestId('trust');
    await waitFor(() => expect(trust.textContent).toContain('npx -y tracker-mcp'));
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('trust-accept'));
    await waitFor(() => expect(bosk.session?.title).toBe('Go'));
  });

  it('offers to make a repository of a folder that is none', async () => {
    await open('some');
    await fireEvent.click(screen.getByTestId('launch-open'));
    await fireEvent.click(screen.getByText('Choose…'));
    const problem = await screen.findByTestId('problem');
    expect(problem.dataset['code']).toBe('not_a_repository');
    expect(within(problem).getByText('Make it a repository')).toBeTruthy();
  });
});

describe('the composer', () => {
  it('sends by Enter, but never a message that is still being composed', async () => {
    const { backend, id } = await openFirst('trouble');
    const input = screen.getByTestId('composer-input');
    await fireEvent.input(input, { target: { value: '안녕하세요' } });
    await fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
    await fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
    expect(backend.calls).toEqual([]);
    await fireEvent.keyDown(input, { key: 'Enter' });
    await waitFor(() =>
      expect(backend.calls[0]).toMatchObject({
        name: 'send',
        args: [id, expect.any(String), '안녕하세요', []],
      }),
    );
  });

  it('gives the text back when it could not be sent', async () => {
    const { backend, store } = await openFirst('trouble');
    vi.spyOn(backend, 'send').mockRejectedValue({ code: 'keeper_unreachable', message: 'No.', hint: null });
    const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
    await fireEvent.input(input, { target: { value: 'keep me' } });
    await fireEvent.click(screen.getByTestId('composer-send'));
    await waitFor(() => expect(store.problems).toHaveLength(1));
    expect(input.value).toBe('keep me');
  });

  it('completes files', async () => {
    await openFirst('trouble');
    const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
    await fireEvent.input(input, { target: { value: 'look at @redir' } });
    const option = await screen.findByRole('option');
    expect(option.textContent).toContain('src/auth/redirect.ts');
    await fireEvent.keyDown(input, { key: 'Enter' });
    await waitFor(() => expect(input.value).toBe('look at @src/auth/redirect.ts '));
  });

  it('keeps a draft for each session', async () => {
    await openFirst('twenty');
    await fireEvent.input(screen.getByTestId('composer-input'), { target: { value: 'half a thought' } });
    const [first, second] = screen.getAllByTestId('fleet-row');
    if (!first || !second) throw new Error('two sessions are needed');
    await fireEvent.click(second);
    await waitFor(() => expect(screen.getByTestId<HTMLTextAreaElement>('composer-input').value).toBe(''));
    await fireEvent.click(first);
    await waitFor(() =>
      expect(screen.getByTestId<HTMLTextAreaElement>('composer-input').value).toBe('half a thought'),
    );
  });
});

describe('the window', () => {
  it('goes along the fleet by j and k, and opens everything by keys', async () => {
    const { bosk } = await open('twenty');
    await press('j');
    const first = bosk.selected;
    await press('j');
    expect(bosk.selected).not.toBe(first);
    await press('k');
    expect(bosk.selected).toBe(first);
    await press('k', { ctrlKey: true });
    expect(bosk.sheet).toBe('palette');
  });

  it('keeps a sheet open that is opened from the palette', async () => {
    const { bosk } = await open('some');
    await press('k', { ctrlKey: true });
    const search = await screen.findByRole('combobox');
    await fireEvent.input(search, { target: { value: 'Schedules' } });
    await fireEvent.keyDown(search, { key: 'Enter' });
    await screen.findByTestId('schedules');
    // The palette's own end is told by now.
    await new Promise((done) => setTimeout(done));
    expect([bosk.sheet, screen.queryByTestId('palette')]).toEqual(['schedules', null]);
  });

  it('interrupts by Esc only while a turn runs', async () => {
    const { backend, bosk } = await open('twenty');
    const row = (glance: string) =>
      screen.getAllByTestId('fleet-row').find((one) => one.dataset['glance'] === glance);
    const running = row('running');
    const done = row('done');
    if (!running || !done) throw new Error('sessions are missing');
    await fireEvent.click(done);
    await waitFor(() => expect(bosk.store.conversation?.id).toBe(done.dataset['session']));
    await press('Escape');
    expect(backend.calls).toEqual([]);
    await fireEvent.click(running);
    await waitFor(() => expect(bosk.store.conversation?.id).toBe(running.dataset['session']));
    await press('Escape');
    expect(backend.calls).toMatchObject([{ name: 'interrupt' }]);
  });

  it('opens a link only after its address was seen', async () => {
    const { backend } = await openFirst('some');
    const link = await screen.findByText('the RFC');
    await fireEvent.click(link);
    const dialog = await screen.findByTestId('link');
    expect(dialog.textContent).toContain('https://www.rfc-editor.org/rfc/rfc9110');
    expect(backend.calls).toEqual([]);
    await fireEvent.click(within(dialog).getByText('Open in browser'));
    expect(backend.calls).toEqual([
      { name: 'openExternal', args: ['https://www.rfc-editor.org/rfc/rfc9110'] },
    ]);
  });

  it('speaks Korean when it is told to', async () => {
    await open('korean');
    await waitFor(() => expect(document.documentElement.lang).toBe('ko'));
    expect(screen.getByText('새 세션')).toBeTruthy();
  });

  it('never keeps a token', async () => {
    const { bosk, backend } = await open('some');
    const store = vi.spyOn(backend, 'storeToken');
    bosk.sheet = 'settings';
    const field = await screen.findByLabelText<HTMLInputElement>('Token');
    expect(field.type).toBe('password');
    await fireEvent.input(field, { target: { value: 'sk-secret' } });
    await fireEvent.click(screen.getByText('Keep token'));
    expect(store).toHaveBeenCalledWith('sk-secret');
    await waitFor(() => expect(document.body.innerHTML).not.toContain('sk-secret'));
    expect(field.value).toBe('');
  });

  it('archives a session at work by one press that says what it interrupts', async () => {
    const { backend, bosk, id } = await openFirst('some');
    bosk.sheet = 'remove';
    const dialog = await screen.findByTestId('remove-dialog');
    await waitFor(() => expect(dialog.textContent).toContain('node_modules/'));
    expect(within(dialog).getByTestId('ends-working').textContent).toContain('Fix the login redirect');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Stop and archive', hidden: true }));
    await waitFor(() => expect(backend.sessions.has(id)).toBe(false));
    await waitFor(() => expect(bosk.selected).toBeNull());
  });

  it('says so when it cannot be opened', async () => {
    const backend = new FakeBackend('some');
    vi.spyOn(backend, 'snapshot').mockRejectedValue({ code: 'home_unwritable', message: 'No.', hint: null });
    const store = new Store();
    const bosk = new Bosk(store, backend, new Connection(backend, store));
    render(App, { bosk });
    await bosk.connection.subscribe();
    expect((await screen.findByTestId('problem')).dataset['code']).toBe('home_unwritable');
  });

  it('finds in the transcript and goes from match to match', async () => {
    const { bosk } = await openFirst('some');
    bosk.finding = true;
    const field = await screen.findByRole('searchbox');
    await fireEvent.input(field, { target: { value: 'redirect' } });
    await waitFor(() => expect(screen.getByText(/^\d+ of \d+$/)).toBeTruthy());
    const before = screen.getByText(/^\d+ of \d+$/).textContent;
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(screen.getByText(/^\d+ of \d+$/).textContent).not.toBe(before);
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect(bosk.finding).toBe(false);
  });
});
