import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { faults, open, openFirst } from './test-window';

const calls = (backend: { calls: { name: string; args: unknown[] }[] }, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ args }) => args);

async function prompt(scene = 'some') {
  const opened = await openFirst(scene);
  const message = [...opened.backend.sessions.values()][0]?.entries.find(({ kind }) => kind === 'prompt');
  if (message?.kind !== 'prompt') throw new Error('nothing was asked');
  const row = await waitFor(() => {
    const found = document.querySelector<HTMLElement>('[data-kind=prompt]');
    if (!found) throw new Error('no prompt is drawn');
    return found;
  });
  const choose = async (item: string) => {
    await fireEvent.click(within(row).getByRole('button', { name: 'From this message' }));
    await fireEvent.click(await screen.findByTestId(`menu-${item}`));
  };
  return { ...opened, message, row, choose };
}

const composer = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');

describe('going back', () => {
  it('shows which files change, and does it after a confirmation', async () => {
    const { backend, choose, id, message } = await prompt();
    await choose('rewind');
    const dialog = await screen.findByTestId('rewind');
    const files = await within(dialog).findByTestId('rewind-files');
    expect(files.textContent).toMatch(/3 files\s*\+42\s*−122/);
    expect(within(files).getAllByRole('listitem')).toHaveLength(3);
    expect(calls(backend, 'rewind')).toEqual([]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(dialog).getByLabelText('Files'));
    await fireEvent.click(within(dialog).getByTestId('rewind-confirm'));
    const now = 'c0ffee'.padEnd(40, '0');
    await waitFor(() => expect(calls(backend, 'rewind')).toEqual([[id, message.uuid, 'files', now]]));
    await waitFor(() => expect(screen.queryByTestId('rewind')).toBeNull());
    expect(composer().value).toBe('');
    const bar = await screen.findByTestId('rewound');
    expect(bar.textContent).toContain(`You went back to before “${message.text}”: the files are`);
  });

  it('of the conversation puts the message into the composer, before what was begun there; and is undone', async () => {
    const { backend, choose, message } = await prompt();
    await fireEvent.input(composer(), { target: { value: 'And then' } });
    await choose('rewind');
    const dialog = await screen.findByTestId('rewind');
    await fireEvent.click(await within(dialog).findByLabelText('Conversation'));
    expect(within(dialog).queryByTestId('rewind-files')).toBeNull();
    await fireEvent.click(within(dialog).getByTestId('rewind-confirm'));
    await waitFor(() => expect(composer().value).toBe(`${message.text}\n\nAnd then`));
    expect(document.activeElement).toBe(composer());
    const left = () => screen.queryAllByText('No longer part of the conversation').length;
    await waitFor(() => expect(left()).toBeGreaterThan(1));
    // What came before the first message stays.
    expect(left()).toBe(screen.getAllByTestId('entry').length - 1);
    await fireEvent.click(await screen.findByTestId('rewound-undo'));
    await waitFor(() => expect(screen.queryByTestId('rewound')).toBeNull());
    expect(left()).toBe(0);
    expect(calls(backend, 'undoRewind')).toHaveLength(1);
  });

  it('is possible only as far as it was kept, and says why', async () => {
    const { backend, choose, id, message } = await prompt();
    const plan = await backend.rewindPlan(id, message.uuid);
    vi.spyOn(backend, 'rewindPlan')
      .mockResolvedValueOnce({ ...plan, now: null })
      .mockResolvedValueOnce({ ...plan, now: null, conversation: false });
    await choose('rewind');
    const only = await screen.findByTestId('rewind-only');
    expect(only.textContent).toContain('Only the conversation can go back');
    expect(screen.getByTestId('rewind-body').textContent).toContain('Claude forgets');
    await fireEvent.click(screen.getByTestId('rewind-confirm'));
    await waitFor(() => expect(calls(backend, 'rewind')).toEqual([[id, message.uuid, 'conversation', null]]));
    await choose('rewind');
    await screen.findByText(/^Nothing can go back/);
    expect(screen.getByTestId<HTMLButtonElement>('rewind-confirm').disabled).toBe(true);
  });

  it('is looked at anew where the files have changed since, and says so', async () => {
    const { backend, choose } = await prompt();
    const changed = { code: 'session_state', message: 'The files have changed since.', hint: null };
    vi.spyOn(backend, 'rewind').mockRejectedValueOnce(changed);
    const look = vi.spyOn(backend, 'rewindPlan');
    await choose('rewind');
    await screen.findByTestId('rewind-files');
    await fireEvent.click(screen.getByTestId('rewind-confirm'));
    const dialog = screen.getByTestId('rewind');
    expect((await within(dialog).findByTestId('problem')).textContent).toContain('have changed since');
    expect(look).toHaveBeenCalledTimes(2);
    await fireEvent.click(within(dialog).getByTestId('rewind-confirm'));
    await screen.findByTestId('rewound');
  });

  it('can be looked at again where that failed', async () => {
    const { backend, choose } = await prompt();
    vi.spyOn(backend, 'rewindPlan').mockRejectedValueOnce(new Error('no git'));
    await choose('rewind');
    const dialog = screen.getByTestId('rewind');
    await fireEvent.click(await within(dialog).findByText('Try again'));
    await within(dialog).findByTestId('rewind-files');
    expect(within(dialog).queryByTestId('problem')).toBeNull();
  });
});

describe('a fork', () => {
  it('is launched from a message, with what its session has', async () => {
    const { backend, bosk, choose, id, message } = await prompt();
    backend.update(id, { model: 'claude-opus-5', effort: 'high', permission_mode: 'acceptEdits' });
    await tick();
    await choose('fork');
    const sheet = await screen.findByTestId('launch');
    expect(within(sheet).getByTestId('fork-from').textContent).toContain(bosk.session?.title);
    expect(within(sheet).getByTestId<HTMLTextAreaElement>('launch-prompt').value).toBe(message.text);
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(sheet).getByTestId('launch-submit'));
    await waitFor(() => expect(calls(backend, 'launch')).toHaveLength(1));
    expect(calls(backend, 'launch')[0]?.[0]).toMatchObject({
      repository: '/home/mina/work/shop',
      model: 'claude-opus-5',
      effort: 'high',
      permission_mode: 'acceptEdits',
      worktree: true,
      fork: { session: id, message: message.uuid },
    });
  });

  it('does not skip permissions because its session does', async () => {
    const { backend, bosk, choose, id } = await prompt();
    backend.update(id, { permission_mode: 'bypassPermissions' });
    await tick();
    await choose('fork');
    await fireEvent.click(await screen.findByTestId('launch-submit'));
    await waitFor(() =>
      expect(calls(backend, 'launch')[0]?.[0]).toMatchObject({ permission_mode: 'manual' }),
    );
    // An ordinary launch is none.
    bosk.sheet = 'launch';
    await screen.findByTestId('launch');
    expect(screen.queryByTestId('fork-from')).toBeNull();
  });
});

describe('a turn that gives no sign of life', () => {
  it('says so in the list and in the session, and can be interrupted, waited for or started anew', async () => {
    const { backend, store } = await open('stalled');
    const row = screen.getAllByTestId('fleet-row').find((one) => one.textContent.includes('memory leak'));
    expect(row?.textContent).toContain('No sign of life since');
    if (row) await fireEvent.click(row);
    const id = row?.dataset['session'] ?? '';
    const bar = await screen.findByTestId('stalled');
    expect(bar.textContent).toContain('no tool running and no processor time since');
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(bar).getByTestId('stalled-interrupt'));
    expect(calls(backend, 'interrupt')).toEqual([[id, null]]);
    await fireEvent.click(within(bar).getByTestId('stalled-wait'));
    await waitFor(() => expect(screen.queryByTestId('stalled')).toBeNull());
    expect(store.sessions.get(id)?.stalled).not.toBeNull();
    backend.update(id, { stalled: { since: Date.now() - 1000 } });
    await fireEvent.click(await screen.findByTestId('stalled-restart'));
    expect(calls(backend, 'tryAgain')).toEqual([[id]]);
    await waitFor(() => expect(screen.queryByTestId('stalled')).toBeNull());
  });
});

describe('what went wrong', () => {
  it('because the conversation is too long is shortened, or forked from an earlier message', async () => {
    const { backend, bosk, id, message } = await prompt();
    const words = 'The service said: prompt is too long: 212345 tokens > 200000 maximum.';
    const problem = { code: 'api_error', message: words, hint: null };
    backend.append(id, {
      kind: 'turn_end',
      is_error: true,
      subtype: 'success',
      text: null,
      problem,
      duration_ms: 900,
      cost_usd: 0,
      turns: 1,
    });
    backend.update(id, { problem, state: 'running', turn: 'idle', glance: 'failed' });
    const transcript = screen.getByTestId('transcript');
    await fireEvent.click(await within(transcript).findByTestId('fork'));
    await fireEvent.click(await screen.findByTestId('earlier-message'));
    expect((await screen.findByTestId('fork-from')).textContent).toContain(message.text);
    bosk.sheet = null;
    await fireEvent.click(within(transcript).getByTestId('compact'));
    await waitFor(() => expect(calls(backend, 'send')[0]?.[2]).toBe('/compact'));
  });

  it('at the usage limit says when it goes on', async () => {
    const { backend, id } = await openFirst('trouble');
    const problem = { code: 'usage_limit', message: 'The limit is reached.', hint: null };
    backend.update(id, { problem, usage_resets_at: Math.round(Date.now() / 1000) + 3600 });
    await fireEvent.click(screen.getByTestId('panel-info'));
    const panel = screen.getByRole('tabpanel');
    expect((await within(panel).findByTestId('later')).textContent).toContain('The limit starts anew at');
    expect(within(panel).getByTestId('try-again')).toBeTruthy();
  });

  it('where Claude was ended by something else leads to resuming', async () => {
    const { backend, id } = await openFirst('one');
    backend.append(id, { kind: 'ended', outcome: 'killed', signal: 9, left_behind: [] });
    const outcome = { outcome: 'killed', signal: 9 };
    backend.update(id, { state: 'ended', outcome, left_behind: 0, glance: 'failed' });
    const transcript = screen.getByTestId('transcript');
    await fireEvent.click(await within(transcript).findByTestId('resume'));
    await waitFor(() => expect(backend.sessions.get(id)?.summary.state).toBe('running'));
    await waitFor(() => expect(within(transcript).queryByTestId('resume')).toBeNull());
  });
});
