import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { FakeBackend } from './backend/fake/fake';
import type { TerminalSaid } from './backend/types';
// Here already, so that no test waits for it to be read.
import './features/terminal/Terminals.svelte';
import { terminalsOf } from './state/terminals.svelte';
import { faults, openFirst, press } from './test-window';

const calls = (backend: FakeBackend, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ args }) => args);

/** Bytes of what a shell says first. */
const PROMPT = '\u001b[32mmina\u001b[0m:\u001b[34mshop\u001b[0m$ '.length;

async function drawer() {
  const opened = await openFirst('some');
  screen.getByTestId('composer-input').focus();
  await press('`', { ctrlKey: true });
  await screen.findByTestId('terminals');
  await screen.findByTestId('terminal-tab');
  await waitFor(() => expect(document.querySelector('.xterm-helper-textarea')).not.toBeNull());
  return opened;
}
const typed = () => document.querySelector('.xterm-helper-textarea') as HTMLTextAreaElement;
const tabs = () => screen.getAllByTestId('terminal-tab');
async function type(text: string) {
  for (const key of text) {
    const code = key === '\r' ? 13 : key.toUpperCase().charCodeAt(0);
    const name = key === '\r' ? 'Enter' : key;
    await fireEvent.keyDown(typed(), { key: name, keyCode: code });
    if (key === ' ') await fireEvent.keyPress(typed(), { key, charCode: 32 });
  }
}
const written = (backend: FakeBackend) =>
  calls(backend, 'writeTerminal')
    .map(([, text]) => text)
    .join('');

describe('terminals', () => {
  it('open by a key, take the keys, and are left by the same one', async () => {
    const { backend, bosk } = await drawer();
    expect(calls(backend, 'openTerminal')).toHaveLength(1);
    expect(tabs().map((one) => one.textContent.trim())).toEqual(['zsh 1']);
    expect(document.activeElement).toBe(typed());
    expect(typed().getAttribute('aria-label')).toBe('Terminal zsh 1');
    expect(await faults()).toEqual([]);
    // Shortcuts of the window: here they are only keys.
    await type('j?');
    await fireEvent.keyDown(typed(), { key: 'k', keyCode: 75, ctrlKey: true });
    await waitFor(() => expect(written(backend)).toBe('j?\u000b'));
    expect(bosk.sheet).toBeNull();
    await fireEvent.keyDown(typed(), { key: '`', code: 'Backquote', keyCode: 192, ctrlKey: true });
    await waitFor(() => expect(screen.queryByTestId('terminals')).toBeNull());
    expect(document.activeElement).toBe(screen.getByTestId('composer-input'));
    expect(calls(backend, 'closeTerminal')).toEqual([]);
  });

  it('go on while they are hidden, and what they said is there', async () => {
    const { backend, bosk } = await drawer();
    const listen = vi.spyOn(backend, 'listenTerminal');
    await fireEvent.click(screen.getByTestId('terminal-hide'));
    await waitFor(() => expect(screen.queryByTestId('terminals')).toBeNull());
    await waitFor(() => expect(backend.shown.get(1)).toBe(PROMPT));
    backend.says(1, 'a'.repeat(5000));
    await waitFor(() => expect(backend.shown.get(1)).toBe(PROMPT + 5000));
    terminalsOf(bosk).show();
    await screen.findByTestId('terminals');
    expect(calls(backend, 'openTerminal')).toHaveLength(1);
    expect(listen).not.toHaveBeenCalled();
  });

  it('tell what has been shown, byte by byte', async () => {
    const { backend } = await drawer();
    await waitFor(() => expect(backend.shown.get(1)).toBe(PROMPT));
    backend.says(1, 'é한');
    await waitFor(() => expect(backend.shown.get(1)).toBe(PROMPT + 5));
  });

  it('say that another window has taken one, and take it back', async () => {
    const { backend, store } = await drawer();
    const heard: TerminalSaid[] = [];
    await backend.listenTerminal(1, (said) => heard.push(said));
    const elsewhere = await screen.findByTestId('terminal-elsewhere');
    expect(elsewhere.textContent).toContain('Shown in another window.');
    expect(await faults()).toEqual([]);
    expect(document.activeElement).toBe(screen.getByTestId('terminal-take'));
    // What is typed here is not the other's.
    await type('x');
    expect(written(backend)).toBe('');
    store.settings = { ...store.settings, language: 'ko' };
    await waitFor(() => expect(elsewhere.textContent).toContain('다른 창에서 보고 있습니다.'));
    store.settings = { ...store.settings, language: 'en' };
    await fireEvent.click(await screen.findByRole('button', { name: 'Show it here' }));
    await waitFor(() => expect(screen.queryByTestId('terminal-elsewhere')).toBeNull());
    expect(heard.at(-1)).toEqual({ kind: 'taken' });
    expect(document.activeElement).toBe(typed());
    await type('y');
    await waitFor(() => expect(written(backend)).toBe('y'));
  });

  it('are several, a tab each', async () => {
    const { backend } = await drawer();
    await fireEvent.click(screen.getByTestId('terminal-new'));
    await waitFor(() => expect(tabs()).toHaveLength(2));
    expect(tabs()[1]?.getAttribute('aria-selected')).toBe('true');
    tabs()[1]?.focus();
    await fireEvent.keyDown(tabs()[1] as HTMLElement, { key: 'ArrowLeft' });
    expect(tabs()[0]?.getAttribute('aria-selected')).toBe('true');
    expect(document.activeElement).toBe(tabs()[0]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByLabelText('End terminal zsh 1'));
    await waitFor(() => expect(tabs().map((one) => one.textContent.trim())).toEqual(['zsh 2']));
    expect(calls(backend, 'closeTerminal')).toEqual([[1]]);
    await fireEvent.click(screen.getByLabelText('End terminal zsh 2'));
    await waitFor(() => expect(screen.queryByTestId('terminals')).toBeNull());
  });

  it('say with which code they have ended', async () => {
    await drawer();
    await type('exit 3\r');
    await screen.findByText('It has ended with exit code 3.');
    expect(tabs()[0]?.textContent).toContain('ended');
  });

  it('can be read out, and made taller by keys; both are remembered', async () => {
    const { backend } = await drawer();
    await fireEvent.click(screen.getByTestId('terminal-reader'));
    await waitFor(() => expect(document.querySelector('.xterm-accessibility')).not.toBeNull());
    expect(await backend.recall('terminal-readers')).toBe(true);
    const grip = screen.getByRole('separator', { name: 'Height of the terminals' });
    const before = Number(grip.getAttribute('aria-valuenow'));
    await fireEvent.keyDown(grip, { key: 'ArrowUp' });
    expect(Number(grip.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
    expect(await backend.recall('terminal-height')).toBeGreaterThan(before);
    expect(await faults()).toEqual([]);
  });

  it('belong to their session', async () => {
    const { bosk, id } = await drawer();
    const other = [...bosk.store.sessions.keys()].find((one) => one !== id) ?? '';
    bosk.select(other);
    await waitFor(() => expect(screen.queryByTestId('terminals')).toBeNull());
    bosk.select(id);
    await screen.findByTestId('terminals');
    expect(tabs()).toHaveLength(1);
  });

  it('are said in Korean', async () => {
    await openFirst('korean');
    await press('`', { ctrlKey: true, code: 'Backquote' });
    await screen.findByRole('region', { name: '터미널' });
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('터미널 zsh 1'));
    expect(await faults()).toEqual([]);
  });
});
