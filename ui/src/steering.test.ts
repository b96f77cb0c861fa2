import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { FakeBackend } from './backend/fake/fake';
import { faults, open, openFirst, press } from './test-window';

const calls = (backend: FakeBackend, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ args }) => args);

async function openRunning(scene: string) {
  const opened = await open(scene);
  const row = screen.getAllByTestId('fleet-row').find((one) => one.dataset['glance'] === 'running');
  if (!row) throw new Error('nothing runs');
  await fireEvent.click(row);
  await screen.findByTestId('transcript');
  return { ...opened, id: row.dataset['session'] ?? '' };
}

describe('interrupting', () => {
  it('is one key where nothing waits', async () => {
    const { backend, id } = await openRunning('some');
    await press('Escape');
    expect(calls(backend, 'interrupt')).toEqual([[id, null]]);
    expect(screen.queryByTestId('interrupt-bar')).toBeNull();
  });

  it('asks what becomes of messages that wait', async () => {
    const { backend, id } = await openRunning('queue');
    const composer = screen.getByTestId('composer-input');
    composer.focus();
    await fireEvent.keyDown(composer, { key: 'Escape' });
    const keep = await screen.findByTestId('interrupt-keep');
    expect(keep.textContent).toContain('keep the queued message');
    expect(document.activeElement).toBe(keep);
    expect(calls(backend, 'interrupt')).toEqual([]);
    expect(await faults()).toEqual([]);
    await fireEvent.keyDown(keep, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByTestId('interrupt-bar')).toBeNull());
    expect(document.activeElement).toBe(composer);
    await fireEvent.click(screen.getByTestId('interrupt'));
    await fireEvent.click(await screen.findByTestId('interrupt-keep'));
    expect(calls(backend, 'interrupt')).toEqual([[id, false]]);
    expect(screen.getAllByTestId('queued')).toHaveLength(1);
  });

  it('drops them where that is wanted', async () => {
    const { backend, id } = await openRunning('queue');
    await press('Escape');
    const keep = await screen.findByTestId('interrupt-keep');
    await fireEvent.keyDown(keep, { key: 'ArrowRight' });
    const drop = screen.getByTestId('interrupt-drop');
    expect(document.activeElement).toBe(drop);
    await fireEvent.click(drop);
    expect(calls(backend, 'interrupt')).toEqual([[id, true]]);
    await waitFor(() => expect(screen.queryByTestId('queued')).toBeNull());
  });

  it('is asked no longer once the turn has ended', async () => {
    const { backend, bosk, id } = await openRunning('queue');
    await press('Escape');
    await screen.findByTestId('interrupt-bar');
    backend.update(id, { turn: 'idle', glance: 'done' });
    await waitFor(() => expect(screen.queryByTestId('interrupt-bar')).toBeNull());
    expect(bosk.interrupting).toBe(false);
  });
});

describe('effort', () => {
  it('is changed while the session runs, and told in the transcript', async () => {
    const { backend, id } = await openRunning('some');
    await fireEvent.click(screen.getByTestId('panel-info'));
    const effort = await screen.findByLabelText<HTMLSelectElement>('Effort');
    expect(effort.value).toBe('');
    await fireEvent.change(effort, { target: { value: 'xhigh' } });
    expect(calls(backend, 'setEffort')).toEqual([[id, 'xhigh']]);
    await waitFor(() => expect(effort.value).toBe('xhigh'));
    expect(await screen.findByText('Effort: Very high')).toBeTruthy();
  });
});

describe('what the CLI says about itself', () => {
  const asked = (backend: FakeBackend) => calls(backend, 'askAbout').map(([, subject]) => subject);

  it('is asked when it is looked at and when a turn has ended, and at no other time', async () => {
    const { backend, id } = await openRunning('some');
    expect(asked(backend)).toEqual([]);
    await fireEvent.click(screen.getByTestId('panel-context'));
    await screen.findAllByTestId('context-category');
    expect(asked(backend)).toEqual(['context', 'servers', 'tasks', 'rules']);
    backend.update(id, { doing: { kind: 'thinking' } });
    backend.update(id, { turn: 'idle', glance: 'done', turns: 99 });
    await waitFor(() => expect(asked(backend)).toHaveLength(8));
    backend.update(id, { turn: 'working', glance: 'running' });
    await new Promise(requestAnimationFrame);
    expect(asked(backend)).toHaveLength(8);
  });

  it('is shown in figures, with its servers and tasks', async () => {
    const { backend, id } = await openRunning('some');
    await fireEvent.click(screen.getByTestId('panel-context'));
    const [first] = await screen.findAllByTestId('context-category');
    expect(first?.textContent).toMatch(/System prompt\s*3\.1K \(2%\)/);
    expect(screen.getByTestId('context').textContent).toContain('84.3K of 200K tokens (42%)');
    expect(await faults()).toEqual([]);
    expect(screen.getByText(/ECONNREFUSED/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Reconnect browser' }));
    await waitFor(() => expect(screen.getAllByTestId('server')).toHaveLength(1));
    expect(calls(backend, 'reconnectServer')).toEqual([[id, 'browser']]);
    const [running, done] = screen.getAllByTestId('background-task');
    expect(within(done ?? document.body).queryByRole('button')).toBeNull();
    await fireEvent.click(within(running ?? document.body).getByRole('button', { name: 'Stop npm run dev' }));
    await screen.findByText('No task runs in the background.');
    expect(calls(backend, 'stopTask')).toEqual([[id, 'bash_1']]);
  });

  it('is said plainly not to be had where the session does not run', async () => {
    const { backend, id } = await openFirst('some');
    await backend.stop(id);
    await fireEvent.click(screen.getByTestId('panel-context'));
    expect(await screen.findByText(/does not run/)).toBeTruthy();
    expect(asked(backend)).toEqual([]);
  });

  it('may be anything', async () => {
    const { backend } = await openRunning('some');
    backend.told.context = { categories: 'none', totalTokens: '7' };
    backend.told.servers = null;
    backend.told.tasks = [{ description: 7 }, null, 'x'];
    await fireEvent.click(screen.getByTestId('panel-context'));
    expect(await screen.findByText('Claude Code gave no figures.')).toBeTruthy();
    expect(screen.getByText('No MCP server is set up.')).toBeTruthy();
    expect(screen.getByTestId('background-task').textContent).toContain('7');
  });
});
