import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { uuid } from './backend/fake/scenes';
import { openTask, row } from './test-queue';
import { faults, open, press } from './test-window';

describe('holding', () => {
  it('is done by h, and undone by it', async () => {
    const { id, pane, store } = await openTask('Type the event bus');
    const task = () => store.queue.find((one) => one.id === id);
    await press('h');
    await waitFor(() => expect(task()).toMatchObject({ hold: { why: 'person' } }));
    expect(within(pane).getByTestId('task-wait').textContent).toBe('Held by you');
    expect(within(pane).getByTestId('task-hold').textContent.trim()).toBe('Release');
    await press('h');
    await waitFor(() => expect(task()).toMatchObject({ hold: null }));
    expect(within(pane).getByTestId('task-wait').textContent).toBe('Next');
  });

  it('says why a launch was refused, and what to do', async () => {
    const { pane, store, id } = await openTask('Try the new bundler');
    const problem = within(pane).getByTestId('problem');
    expect(problem.textContent).toContain('release/9');
    expect(problem.textContent).toContain('Make that branch');
    await fireEvent.click(within(pane).getByTestId('task-hold'));
    await waitFor(() => expect(store.queue.find((one) => one.id === id)).toMatchObject({ hold: null }));
    expect(within(pane).queryByTestId('problem')).toBeNull();
  });

  it('leads to the question of trust where that is what was missing, and releases then', async () => {
    const { backend, pane, store, id } = await openTask('Type the event bus');
    const problem = { code: 'not_trusted' as const, message: 'It has changed.', hint: null };
    const hold = { why: 'refused' as const, problem };
    backend.tell(backend.tasks.map((one) => (one.id === id ? { ...one, stage: 'waiting', hold } : one)));
    await fireEvent.click(await within(pane).findByTestId('task-trust'));
    const accept = await screen.findByTestId<HTMLButtonElement>('trust-accept');
    await waitFor(() => expect(accept.disabled).toBe(false));
    expect(accept.textContent.trim()).toBe('Trust and go on');
    await fireEvent.click(accept);
    await waitFor(() => expect(store.queue.find((one) => one.id === id)).toMatchObject({ hold: null }));
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is done and undone for all, but for what would then do without something', async () => {
    const { store } = await open('tasks');
    const free = () => store.waiting.filter((one) => one.stage === 'waiting' && !one.hold).length;
    await fireEvent.click(screen.getByTestId('hold-all'));
    await waitFor(() => expect(free()).toBe(0));
    expect(screen.queryByTestId('hold-all')).toBeNull();
    await fireEvent.click(screen.getByTestId('release-all'));
    await waitFor(() => expect(free()).toBe(10));
    await waitFor(() => expect(screen.queryByTestId('release-all')).toBeNull());
    expect(row('Rename Order').textContent).toContain('what it waits for was not done');
    expect(store.problems).toEqual([]);
  });

  it('passes over what has begun meanwhile, and says what else went wrong', async () => {
    const { backend, store } = await open('tasks');
    const hold = vi.spyOn(backend, 'queueHold');
    hold.mockRejectedValueOnce({ code: 'session_state', message: 'It runs.', hint: null });
    hold.mockRejectedValueOnce({ code: 'disk_full', message: 'The disk is full.', hint: null });
    await fireEvent.click(screen.getByTestId('hold-all'));
    await waitFor(() => expect(store.problems.map(({ code }) => code)).toEqual(['disk_full']));
    expect(hold).toHaveBeenCalledTimes(2);
  });
});

describe('a task on screen', () => {
  it('is there whole: its prompt, what was chosen, and the way to what it waits for', async () => {
    const { bosk, pane } = await openTask('Port the checkout tests too');
    expect(within(pane).getByTestId('task-wait').textContent).toBe(
      'Waits for: Port the pricing tests to Vitest',
    );
    const before = within(pane).getByTestId('task-after');
    expect(before.closest('li')?.textContent).toContain('builds on it');
    await fireEvent.click(before);
    await screen.findByTestId('transcript');
    expect(bosk.selected).toBe(uuid(2));
    await fireEvent.click(row('Try the new bundler'));
    const facts = (await screen.findByTestId('task')).querySelector('dl');
    expect(facts?.textContent).toMatch(/Start from\s*release\/9\s*Model\s*opus/);
    await fireEvent.click(row('Type the event bus'));
    await waitFor(() =>
      expect(screen.getByTestId('task-prompt').textContent).toContain('Start with the events of the cart.'),
    );
  });

  it('is taken out only after a question, and the next one is shown', async () => {
    const { backend, bosk, id, store } = await openTask('Type the event bus');
    const next = bosk.fleet.rows[bosk.fleet.rows.findIndex((one) => one.id === id) + 1]?.id;
    await press('Delete');
    const dialog = await screen.findByTestId('cancel-task');
    expect(dialog.textContent).toContain('Type the event bus');
    expect(backend.tasks.some((one) => one.id === id)).toBe(true);
    await fireEvent.click(within(dialog).getByTestId('cancel-confirm'));
    await waitFor(() => expect(store.queue.some((one) => one.id === id)).toBe(false));
    await waitFor(() => expect([bosk.sheet, bosk.selected]).toEqual([null, next]));
  });

  it('says who is held once it is out, and is not asked about any more when it begins', async () => {
    const { backend, bosk, id } = await openTask('Type the event bus');
    await backend.queueAdd({
      specs: [backend.tasks[0]?.spec as never],
      batch: null,
      max_usd: null,
      priority: 'low',
      after: [id],
      builds_on: null,
      one_after_another: false,
    });
    bosk.sheet = 'cancel-task';
    expect((await screen.findByTestId('cancel-task')).textContent).toContain('1 task waits for it');
    backend.begin(id);
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('has no faults, nor has the list', async () => {
    const { bosk } = await openTask('Rename Order');
    expect(await faults()).toEqual([]);
    bosk.sheet = 'cancel-task';
    await screen.findByTestId('cancel-task');
    expect(await faults()).toEqual([]);
  });
});
