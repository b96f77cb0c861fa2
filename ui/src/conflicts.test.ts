import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { FakeBackend } from './backend/fake/fake';
// Here already, so that no test waits for it to be read.
import './features/conflicts/Conflicts.svelte';
import { faults, openFirst } from './test-window';

const calls = (backend: FakeBackend, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ args }) => args);
const button = (testid: string) => screen.getByTestId<HTMLButtonElement>(testid);

async function view() {
  const opened = await openFirst('conflicts');
  await fireEvent.click(await screen.findByTestId('conflicts-open'));
  await screen.findByTestId('conflict-result');
  return opened;
}

const files = () => screen.getAllByTestId('conflict-file');
const named = () => files().map((one) => one.textContent.replace(/\s+/g, ' ').replace(' ,', ',').trim());
const places = () => screen.getByTestId('conflict-places').textContent.trim();
const result = () => screen.getByTestId('conflict-result').querySelector('.cm-content') as HTMLElement;

describe('conflicts', () => {
  it('are told of in the session, with what stands half-way', async () => {
    await openFirst('conflicts');
    const bar = await screen.findByTestId('conflicts-bar');
    expect(bar.textContent).toContain('A merge stands half-way in this folder. 3 files are in conflict.');
    expect(await faults()).toEqual([]);
  });

  it('are looked at anew when the folder is watched and changes', async () => {
    const { backend, id } = await openFirst('some');
    const asked = vi.spyOn(backend, 'conflicts');
    backend.operation = 'rebase';
    backend.emit({ type: 'folder', id: 'another' });
    expect(asked).not.toHaveBeenCalled();
    for (let times = 0; times < 5; times += 1) backend.emit({ type: 'folder', id });
    const bar = await screen.findByTestId('conflicts-bar');
    expect(bar.textContent).toContain('A rebase stands half-way');
    // One may be under way already.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('of a text are resolved place by place, from both sides', async () => {
    const { backend, id } = await view();
    expect(named()).toEqual([
      'src/auth/redirect.ts, in conflict',
      'src/legacy.ts, in conflict',
      'static/logo.png, in conflict',
    ]);
    expect(places()).toBe('2 places are left');
    for (const name of ['This session', 'Result', 'The other side']) screen.getByRole('region', { name });
    expect(screen.queryByRole('region', { name: 'What both came from' })).toBeNull();
    await fireEvent.click(screen.getByLabelText('Show what both came from'));
    screen.getByRole('region', { name: 'What both came from' });
    expect(result().getAttribute('aria-label')).toBe('Result: src/auth/redirect.ts');
    expect(result().querySelectorAll('.cm-ours, .cm-theirs').length).toBe(4);
    expect(button('conflict-mark').disabled).toBe(true);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByLabelText('Take both: place 2'));
    expect(places()).toBe('1 place is left');
    await fireEvent.click(screen.getByLabelText('Take the other side’s: place 1'));
    expect(places()).toContain('No place is left');
    await fireEvent.click(button('conflict-mark'));
    await waitFor(() => expect(calls(backend, 'resolveConflict')).toHaveLength(1));
    const [session, path, stamp, resolution] = calls(backend, 'resolveConflict')[0] ?? [];
    expect([session, path, stamp]).toEqual([id, 'src/auth/redirect.ts', 'redirect-1']);
    expect((resolution as { text: string }).text).toBe(
      "import { sessionOf } from './session';\n\nconst back = returnUrl();\n\nexport function afterLogin(visitor: Visitor) {\n  keep(back, { query: true });\n  remember(back);\n  return sessionOf(visitor);\n}\n",
    );
  });

  it('of a file that is no text, or that one side has removed, take one side whole', async () => {
    const { backend } = await view();
    await fireEvent.click(files()[1] as HTMLElement);
    expect((await screen.findByTestId('conflict-whole')).textContent).toContain(
      'This session has removed it',
    );
    expect(screen.queryByTestId('conflict-ours')).toBeNull();
    expect(await faults()).toEqual([]);
    await fireEvent.click(button('conflict-remove'));
    await waitFor(() => expect(calls(backend, 'resolveConflict')[0]?.[3]).toEqual({ take: 'removed' }));
    await fireEvent.click(files()[1] as HTMLElement);
    await screen.findByText(/can’t be shown as text/);
    await fireEvent.click(button('conflict-theirs'));
    await waitFor(() => expect(calls(backend, 'resolveConflict')[1]?.[3]).toEqual({ take: 'theirs' }));
    expect(named()).toContain('src/legacy.ts, resolved');
  });

  it('let it go on once all are resolved', async () => {
    const { bosk } = await view();
    expect(button('conflicts-go-on').disabled).toBe(true);
    await fireEvent.click(screen.getByText('The whole file'));
    await fireEvent.click(button('conflict-ours'));
    await screen.findByTestId('conflict-whole');
    await waitFor(() => expect(button('conflict-theirs').disabled).toBe(false));
    await fireEvent.click(button('conflict-theirs'));
    await screen.findByText(/can’t be shown as text/);
    await fireEvent.click(button('conflict-ours'));
    await waitFor(() => expect(button('conflicts-go-on').disabled).toBe(false));
    await fireEvent.click(button('conflicts-go-on'));
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(screen.queryByTestId('conflicts-bar')).toBeNull();
    expect(bosk.said).toContain('nothing stands half-way');
  });

  it('say where a rebase has stopped again', async () => {
    const { backend } = await view();
    const again = { operation: 'rebase' as const, files: ['src/auth/redirect.ts'], resolved: [] };
    vi.spyOn(backend, 'resolveConflict').mockResolvedValueOnce({
      operation: 'rebase',
      files: [],
      resolved: [],
    });
    vi.spyOn(backend, 'goOnOperation').mockResolvedValueOnce(again);
    await fireEvent.click(screen.getByText('The whole file'));
    await fireEvent.click(button('conflict-ours'));
    await waitFor(() => expect(button('conflicts-go-on').disabled).toBe(false));
    await fireEvent.click(button('conflicts-go-on'));
    await screen.findByText(/stopped at the next commit/);
    await screen.findByTestId('conflict-result');
  });

  it('are called off only after it was said what that brings back', async () => {
    const { backend, bosk, id } = await view();
    await fireEvent.click(button('conflicts-abort'));
    expect(screen.getByTestId('conflicts-asked').textContent).toContain('what it was before the merge began');
    expect(calls(backend, 'abortOperation')).toEqual([]);
    expect(await faults()).toEqual([]);
    await waitFor(() => expect(document.activeElement?.textContent.trim()).toBe('Keep on resolving'));
    await fireEvent.click(screen.getByText('Keep on resolving'));
    await fireEvent.click(button('conflicts-abort'));
    await fireEvent.click(button('conflicts-abort-do'));
    await waitFor(() => expect(calls(backend, 'abortOperation')).toEqual([[id]]));
    await waitFor(() => expect(bosk.sheet).toBeNull());
  });

  it('are handed over to Claude', async () => {
    const { backend, bosk, id } = await view();
    await fireEvent.click(button('conflicts-hand-over'));
    await waitFor(() => expect(calls(backend, 'handOverConflicts')).toEqual([[id]]));
    await waitFor(() => expect(bosk.sheet).toBeNull());
  });

  it('keep what was written where the file has changed since, and when another is looked at', async () => {
    const { backend } = await view();
    await fireEvent.click(screen.getByLabelText('Take this session’s: place 1'));
    await fireEvent.click(files()[1] as HTMLElement);
    await screen.findByTestId('conflict-whole');
    await fireEvent.click(files()[0] as HTMLElement);
    await screen.findByTestId('conflict-result');
    expect(places()).toBe('1 place is left');
    await fireEvent.click(screen.getByLabelText('Take this session’s: place 1'));
    const [first] = backend.standing;
    if (!first) throw new Error('nothing in conflict');
    backend.standing = [{ ...first, stamp: 'redirect-2' }, ...backend.standing.slice(1)];
    await fireEvent.click(button('conflict-mark'));
    expect((await screen.findByTestId('problem')).textContent).toContain('has changed since');
    await screen.findByTestId('conflict-result');
    expect(places()).toContain('No place is left');
    await fireEvent.click(button('conflict-mark'));
    await waitFor(() => expect(backend.standing).toHaveLength(2));
  });
});
