import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { FakeBackend } from './backend/fake/fake';
import { Bosk } from './state/bosk.svelte';
import { Connection } from './state/connection';
import { Store } from './state/store.svelte';

async function open(scene: string) {
  const backend = new FakeBackend(scene);
  const store = new Store();
  const bosk = new Bosk(store, backend, new Connection(backend, store));
  render(App, { bosk });
  await bosk.connection.subscribe();
  await waitFor(() => expect(screen.getByTestId('launch-open')).toBeTruthy());
  return { backend, store, bosk };
}

async function openFirst(scene: string) {
  const opened = await open(scene);
  const [row] = screen.getAllByTestId('fleet-row');
  if (!row) throw new Error('no session');
  await fireEvent.click(row);
  await screen.findByTestId('transcript');
  return { ...opened, id: row.dataset['session'] ?? '' };
}

/** Structure only: colours and sizes need a browser that lays out. */
async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(' ')}`);
}

const press = (key: string, more: KeyboardEventInit = {}) => fireEvent.keyDown(window, { key, ...more });

describe('axe finds nothing', () => {
  it.each(['empty', 'no-cli', 'one', 'twenty', 'problem', 'korean'])('in the scene %s', async (scene) => {
    await open(scene);
    expect(await faults()).toEqual([]);
  });

  it.each(['some', 'trouble', 'question', 'plan', 'danger', 'edit', 'queue', 'long'])(
    'in a session of %s',
    async (scene) => {
      await openFirst(scene);
      expect(await faults()).toEqual([]);
    },
  );

  it.each(['launch', 'palette', 'shortcuts', 'settings', 'remove'] as const)(
    'in the sheet %s',
    async (sheet) => {
      const { bosk } = await openFirst('some');
      bosk.sheet = sheet;
      await screen.findByRole('dialog');
      expect(await faults()).toEqual([]);
    },
  );
});

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
    expect(backend.calls[0]).toMatchObject({
      name: 'launch',
      args: [{ permission_mode: 'manual', worktree: true }],
    });
    expect(screen.queryByRole('dialog')).toBeNull();
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

describe('asks', () => {
  const answers = (backend: FakeBackend) =>
    backend.calls.filter((call) => call.name === 'answer').map((call) => call.args[2]);

  it('are allowed by one key', async () => {
    const { backend } = await openFirst('some');
    await press('a');
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [] }]);
    await waitFor(() => expect(screen.queryByTestId('ask')).toBeNull());
  });

  it('take a deliberate second key where it is dangerous, and any other key takes it back', async () => {
    const { backend } = await openFirst('danger');
    await press('a');
    await press('x');
    await press('a');
    expect(answers(backend)).toEqual([]);
    await press('a');
    expect(answers(backend)).toHaveLength(1);
  });

  it('show the whole command and what hides in it', async () => {
    await openFirst('danger');
    const command = screen.getByTestId('ask-command');
    expect(command.textContent).toContain('very long '.repeat(60).trim());
    expect(command.textContent).toContain('U+202E');
  });

  it('keep the rule that was chosen', async () => {
    const { backend } = await openFirst('some');
    await fireEvent.click(screen.getByLabelText(/Always allow Bash: cargo test \*/));
    await fireEvent.click(screen.getByTestId('ask-allow'));
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [0] }]);
  });

  it('are denied with a reason', async () => {
    const { backend } = await openFirst('some');
    await press('d');
    const reason = await screen.findByLabelText(/Tell Claude why/);
    await fireEvent.input(reason, { target: { value: 'use make' } });
    await fireEvent.keyDown(reason, { key: 'Enter' });
    expect(answers(backend)).toEqual([{ answer: 'deny', message: 'use make', interrupt: false }]);
  });

  it('are not answered by letters that are typed into the composer', async () => {
    const { backend } = await openFirst('some');
    await fireEvent.keyDown(screen.getByTestId('composer-input'), { key: 'a' });
    expect(answers(backend)).toEqual([]);
  });

  it('take several answers to a question, and one of one’s own', async () => {
    const { backend } = await openFirst('question');
    await fireEvent.click(screen.getByLabelText(/Redis/));
    await fireEvent.click(screen.getByLabelText('Tests'));
    const other = screen.getAllByLabelText('Something else')[1];
    if (other) await fireEvent.click(other);
    await fireEvent.input(await screen.findByLabelText('Your own answer'), {
      target: { value: 'a benchmark' },
    });
    await fireEvent.click(screen.getByTestId('ask-answer'));
    expect(answers(backend)).toEqual([
      {
        answer: 'answers',
        answers: {
          'Which store should hold the sessions?': 'Redis',
          'What else should I cover?': 'Tests, a benchmark',
        },
      },
    ]);
  });

  it('send a plan back, or go on with it', async () => {
    const { backend } = await openFirst('plan');
    await fireEvent.click(screen.getByText('Approve, and edit without asking'));
    expect(answers(backend)).toEqual([{ answer: 'approve_plan', mode: 'acceptEdits' }]);
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

  it('removes a session only once it has ended, and says what goes', async () => {
    const { backend, bosk, id } = await openFirst('some');
    bosk.sheet = 'remove';
    const dialog = await screen.findByTestId('remove-dialog');
    expect(within(dialog).queryByTestId('remove-confirm')).toBeNull();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Stop', hidden: true }));
    await waitFor(() => expect(dialog.textContent).toContain('node_modules/'));
    await fireEvent.click(within(dialog).getByTestId('remove-confirm'));
    await waitFor(() => expect(backend.sessions.has(id)).toBe(false));
    await waitFor(() => expect(bosk.selected).toBeNull());
  });

  it('says so when it cannot be opened', async () => {
    const backend = new FakeBackend('some');
    vi.spyOn(backend, 'subscribe').mockRejectedValue({ code: 'home_unwritable', message: 'No.', hint: null });
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
