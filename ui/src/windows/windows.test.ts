import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { faults, open } from '../test-window';
import { openApart } from './test-apart';
import { whichWindow } from './kind';
import SessionWindow from './SessionWindow.svelte';
import StripWindow from './StripWindow.svelte';

const ID = '00000000-0000-4000-8000-000000000002';

describe('a page', () => {
  it('is the window that its address says', () => {
    expect(whichWindow('')).toEqual({ kind: 'main', id: null });
    expect(whichWindow('?id=7')).toEqual({ kind: 'main', id: '7' });
    expect(whichWindow('?scene=twenty&window=monitor')).toEqual({ kind: 'monitor', id: null });
    expect(whichWindow('?window=session&id=7')).toEqual({ kind: 'session', id: '7' });
    expect(whichWindow('?window=session')).toEqual({ kind: 'main', id: null });
    expect(whichWindow('?window=other')).toEqual({ kind: 'main', id: null });
  });
});

describe('the main window', () => {
  it('goes to the session that another window asks it to show', async () => {
    const { backend, bosk } = await open('some');
    backend.emit({ type: 'menu', action: `open:${ID}` });
    await screen.findByTestId('transcript');
    expect(bosk.selected).toBe(ID);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('composer-input')));
    expect(document.title).toBe('Bosk');
  });
});

describe('a session in a window of its own', () => {
  it('is there whole, with its name in the title', async () => {
    const { bosk } = await openApart(SessionWindow, 'session', 'some', ID);
    await screen.findByTestId('transcript');
    expect(document.title).toBe('Port the pricing tests to Vitest – Bosk');
    expect(screen.getByTestId('composer-input')).toBeTruthy();
    expect(screen.queryByTestId('fleet-row')).toBeNull();
    expect(screen.queryByLabelText('Show sessions')).toBeNull();
    expect(await faults()).toEqual([]);
    bosk.sheet = 'limits';
    expect(await screen.findByTestId('limits-dialog')).toBeTruthy();
  });

  it('stays with its session: the main window shows another', async () => {
    const { bosk, backend } = await openApart(SessionWindow, 'session', 'some', ID);
    await screen.findByTestId('transcript');
    await fireEvent.keyDown(window, { key: 'j' });
    bosk.enter('another');
    expect(bosk.selected).toBe(ID);
    expect(backend.calls.filter(({ name }) => name === 'openWindow')).toEqual([
      { name: 'openWindow', args: ['main', 'another'] },
    ]);
    await fireEvent.keyDown(window, { key: 'p' });
    await waitFor(() => expect(bosk.session?.glance).toBe('paused'));
  });

  it('says so when its session is removed', async () => {
    const { backend } = await openApart(SessionWindow, 'session', 'some', ID);
    await screen.findByTestId('transcript');
    await backend.removeSession(ID);
    expect(await screen.findByText(/no longer there/)).toBeTruthy();
  });
});

describe('the small window', () => {
  it('counts what needs what, and opens the main window there', async () => {
    const { backend } = await openApart(StripWindow, 'strip', 'twenty');
    const waits = await screen.findByTestId('strip-needs_you');
    expect(waits.getAttribute('aria-label')).toMatch(/^\d+ sessions need you$/);
    await fireEvent.click(waits);
    const id = backend.calls.find(({ name }) => name === 'openWindow')?.args[1];
    expect(backend.sessions.get(String(id))?.summary.glance).toBe('needs_you');
    expect(await faults()).toEqual([]);
  });

  it('follows what changes, and what the machine does', async () => {
    const { backend, second } = await openApart(StripWindow, 'strip', 'one');
    const running = screen.getByTestId('strip-running');
    const paused = screen.getByTestId<HTMLButtonElement>('strip-paused');
    expect([running.textContent.trim(), paused.disabled]).toEqual(['1', true]);
    await backend.pauseAll();
    await waitFor(() => expect(paused.disabled).toBe(false));
    expect(backend.lookedAt).toBe(true);
    second();
    expect(await screen.findByLabelText(/^\d+% .+ GB: CPU and memory/)).toBeTruthy();
  });

  it('is closed by its button, and by Esc', async () => {
    const { backend } = await openApart(StripWindow, 'strip', 'one');
    await fireEvent.click(screen.getByLabelText('Close'));
    await fireEvent.keyDown(window, { key: 'Escape' });
    expect(backend.calls.map(({ name }) => name)).toEqual(['closeWindow', 'closeWindow']);
  });

  it('says in its line what went wrong, until that is read', async () => {
    const { backend } = await openApart(StripWindow, 'strip', 'twenty');
    const problem = { code: 'internal', message: 'The window did not open.', hint: 'Try it again.' };
    vi.spyOn(backend, 'openWindow').mockRejectedValue(problem);
    const open = async () => fireEvent.click(await screen.findByTestId('strip-running'));
    await open();
    const line = await screen.findByRole('alert');
    expect(line.textContent.trim()).toBe('The window did not open. Try it again.');
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByText('Dismiss'));
    expect(screen.queryByRole('alert')).toBeNull();
    await open();
    await screen.findByRole('alert');
    await fireEvent.keyDown(window, { key: 'Escape' });
    expect(await screen.findByTestId('strip-running')).toBeTruthy();
    expect(backend.calls).toEqual([]);
  });

  it('speaks Korean', async () => {
    await openApart(StripWindow, 'strip', 'korean');
    expect(await screen.findByLabelText('답을 기다리는 세션 1개')).toBeTruthy();
  });
});
