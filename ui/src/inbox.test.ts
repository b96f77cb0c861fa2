import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { uuid } from './backend/fake/scenes';
import { faults, open, press } from './test-window';

const items = () => screen.queryAllByTestId('inbox-item');
const sessions = () => items().map((item) => item.dataset['session']);
const chosen = () =>
  items().find((item) => item.getAttribute('aria-selected') === 'true')?.dataset['session'];
const kind = () => screen.queryByTestId('ask')?.dataset['kind'];
const list = () => screen.getByRole('listbox', { name: /oldest first/ });

async function openInbox(scene = 'inbox') {
  const opened = await open(scene);
  await press('i', { ctrlKey: true });
  await screen.findByTestId('inbox');
  const answers = () => opened.backend.calls.filter(({ name }) => name === 'answer').map(({ args }) => args);
  return { ...opened, answers };
}

describe('what waits for the person', () => {
  it('is listed over all sessions, the oldest first, with the whole of the one that is chosen', async () => {
    const { backend } = await openInbox();
    expect(sessions()).toEqual(backend.inbox.map(({ session }) => session));
    expect(items()).toHaveLength(6);
    expect(chosen()).toBe(sessions()[0]);
    expect(kind()).toBe('plan');
    expect(document.activeElement).toBe(list());
    const bash = items().find((item) => item.dataset['session'] === uuid(1));
    expect(bash?.textContent).toContain('cargo test -p core && npm run check');
    expect(bash?.textContent).toContain('shop');
    expect(bash?.textContent).toMatch(/\d+m/);
  });

  it('is reached from the head of its group, from the palette, and left by Esc for what was there', async () => {
    const { bosk } = await open('inbox');
    const line = screen.getByTestId('inbox-line');
    expect(line.textContent).toBe('6 waiting');
    bosk.select(uuid(2));
    await screen.findByTestId('transcript');
    await fireEvent.click(line);
    await screen.findByTestId('inbox');
    expect(bosk.selected).toBeNull();
    expect(line.getAttribute('aria-pressed')).toBe('true');
    await fireEvent.keyDown(list(), { key: 'Escape' });
    await screen.findByTestId('transcript');
    expect(bosk.selected).toBe(uuid(2));
    expect(screen.queryByTestId('inbox')).toBeNull();
    bosk.sheet = 'palette';
    await fireEvent.click(await screen.findByRole('option', { name: /What waits for you/ }));
    await screen.findByTestId('inbox');
  });

  it('is gone along by j and k and by arrows, and opened by Enter', async () => {
    const { bosk } = await openInbox();
    await press('j');
    await fireEvent.keyDown(list(), { key: 'ArrowDown' });
    expect(chosen()).toBe(sessions()[2]);
    await press('k');
    expect(chosen()).toBe(sessions()[1]);
    const wanted = chosen();
    await fireEvent.keyDown(list(), { key: 'Enter' });
    await waitFor(() => expect(bosk.selected).toBe(wanted));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('ask')));
    expect(screen.queryByTestId('inbox')).toBeNull();
  });

  it('goes to the one of several in a session that was chosen', async () => {
    const { backend, bosk } = await openInbox('some');
    const [first] = backend.inbox;
    if (!first) throw new Error('nothing waits');
    const second = {
      ...first.ask,
      request_id: 'request-2',
      at: first.ask.at + 1,
      ask: { kind: 'plan' as const, plan: 'Go' },
    };
    backend.asks(first.session, [first.ask, second]);
    await waitFor(() => expect(items()).toHaveLength(2));
    await press('j');
    bosk.enterAsk(bosk.inbox.chosen ?? first);
    await screen.findByTestId('transcript');
    expect(kind()).toBe('plan');
  });

  it('is answered by the same keys, one after the other, and the focus stays', async () => {
    const { answers } = await openInbox();
    const all = sessions();
    await press('j');
    expect(kind()).toBe('permission');
    // Dangerous: it takes the second key here too.
    await press('a');
    expect(answers()).toEqual([]);
    await press('a');
    expect(answers()).toEqual([[all[1], 'request-1', { answer: 'allow', suggestions: [] }]]);
    await waitFor(() => expect(items()).toHaveLength(5));
    expect(chosen()).toBe(all[2]);
    expect(document.activeElement).toBe(list());
    await press('d');
    const reason = await screen.findByLabelText(/Tell Claude why/);
    await fireEvent.keyDown(reason, { key: 'Enter' });
    await waitFor(() => expect(chosen()).toBe(all[3]));
    expect(document.activeElement).toBe(list());
    expect(answers()).toHaveLength(2);
  });

  it('keeps the focus when its button was pressed, and says so once nothing is left', async () => {
    const { answers } = await openInbox('some');
    screen.getByTestId('ask-allow').focus();
    await fireEvent.click(screen.getByTestId('ask-allow'));
    expect(answers()).toHaveLength(1);
    expect((await screen.findByTestId('inbox-empty')).textContent).toContain('Nothing waits for you');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('inbox')));
    expect(screen.queryByTestId('inbox-line')).toBeNull();
  });

  it('comes back where the answer could not be given', async () => {
    const { backend, store } = await openInbox();
    const all = sessions();
    vi.spyOn(backend, 'answer').mockRejectedValue({
      code: 'keeper_unreachable',
      message: 'No way.',
      hint: null,
    });
    await press('j');
    await press('a');
    await press('a');
    await waitFor(() => expect(store.problems).toHaveLength(1));
    await waitFor(() => expect(sessions()).toEqual(all));
    expect(chosen()).toBe(all[2]);
  });

  it('loses what is withdrawn without moving on: a key for one never answers another', async () => {
    const { backend, answers } = await openInbox();
    const all = sessions();
    await press('j');
    await press('j');
    backend.asks(all[0] ?? '', []);
    await waitFor(() => expect(items()).toHaveLength(5));
    expect(chosen()).toBe(all[2]);
    expect(document.activeElement).toBe(list());
    backend.asks(all[2] ?? '', []);
    await screen.findByTestId('inbox-gone');
    expect(document.activeElement).toBe(list());
    await press('a');
    expect(answers()).toEqual([]);
    await press('j');
    expect(chosen()).toBe(all[3]);
  });

  it('shows what comes while it is empty', async () => {
    const { backend } = await openInbox('empty-inbox');
    const [first] = backend.inbox;
    if (!first) throw new Error('nothing waits');
    backend.asks(first.session, []);
    await screen.findByText(/no longer asked|Nothing waits/);
    backend.asks(first.session, [{ ...first.ask, request_id: 'request-9' }]);
    await waitFor(() => expect(items()).toHaveLength(1));
    await tick();
  });

  it('has nothing that axe objects to', async () => {
    await openInbox();
    expect(await faults()).toEqual([]);
    await press('j');
    await press('j');
    await press('e');
    await screen.findByTestId('ask-edit-text');
    expect(await faults()).toEqual([]);
  });

  it('says how many there are of it in Korean too', async () => {
    await openInbox('korean');
    expect(within(screen.getByTestId('inbox')).getByText('답을 기다리는 요청')).toBeTruthy();
    expect(screen.getByTestId('inbox-line').textContent).toBe('1건 대기');
  });
});
