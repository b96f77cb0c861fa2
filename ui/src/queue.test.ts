import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { uuid } from './backend/fake/scenes';
import { taskId } from './backend/fake/tasks';
import { openTask, row, titles } from './test-queue';
import { open, press } from './test-window';

const queued = () => screen.getByRole('region', { name: /^Queued/ });

describe('tasks in the list', () => {
  it('stand among what is queued, in the order of their turns, each with what it waits for', async () => {
    await open('tasks');
    expect(queued().textContent).toContain('Queued 12');
    expect(titles().slice(0, 3)).toEqual([
      'Type the event bus',
      'Cache the exchange rates',
      'Drop support for IE in the widget',
    ]);
    expect(titles().at(-1)).toBe('Split the settings page');
    expect(row('Bump the linters').textContent).toContain('Waits for memory: needs 1.2 GB');
    expect(row('Type the event bus').textContent).toContain('High');
  });

  it('do not stand there twice: who is tried again is one of them, who runs is a session', async () => {
    await open('tasks');
    const sessions = screen.getAllByTestId('fleet-row').map((one) => one.dataset['session']);
    expect(sessions).toEqual([uuid(1), uuid(2)]);
    expect(screen.queryByRole('region', { name: /^Failed/ })).toBeNull();
  });

  it('are gone along by keys as sessions are, and are found from the palette', async () => {
    const { bosk } = await open('tasks');
    const ids = bosk.fleet.rows.map(({ id }) => id);
    for (const id of ids) {
      await press('j');
      expect(bosk.selected).toBe(id);
    }
    await press('k');
    expect(bosk.selected).toBe(ids.at(-2));
    bosk.sheet = 'palette';
    await fireEvent.click(await screen.findByRole('option', { name: /Bump the linters/ }));
    await waitFor(() => expect(bosk.task?.spec.prompt).toBe('Bump the linters'));
  });

  it('are asked for no transcript, and become their session where they are on screen', async () => {
    const { backend, bosk, id, store } = await openTask('Type the event bus');
    const watch = vi.spyOn(backend, 'watch');
    expect(store.problems).toEqual([]);
    backend.begin(id);
    await screen.findByTestId('transcript');
    expect(watch).toHaveBeenCalledWith(id);
    expect(bosk.session?.id).toBe(id);
    expect(screen.queryByTestId('task')).toBeNull();
    expect(titles()).not.toContain('Type the event bus');
  });

  it('leave the screen when they are taken out elsewhere', async () => {
    const { backend, bosk, id } = await openTask('Type the event bus');
    await backend.queueCancel(id);
    await waitFor(() => expect(bosk.selected).toBeNull());
  });

  it('are shown as their session when they are tried again', async () => {
    const { bosk } = await open('tasks');
    await fireEvent.click(row('Cache the exchange rates'));
    await screen.findByTestId('transcript');
    expect(bosk.session?.id).toBe(uuid(3));
  });
});

describe('a place in the queue', () => {
  const moves = (backend: { calls: { name: string; args: unknown[] }[] }) =>
    backend.calls.filter(({ name }) => name === 'queueMove').map(({ args }) => args);

  it('is changed by keys, at once, and said', async () => {
    const { backend, bosk } = await openTask('Fix the time zone');
    await press('ArrowUp', { altKey: true });
    await press('ArrowUp', { altKey: true });
    expect(titles().slice(1, 4)).toEqual([
      'Fix the time zone of invoices',
      'Cache the exchange rates',
      'Drop support for IE in the widget',
    ]);
    await waitFor(() =>
      expect(screen.getByTestId('moved').textContent).toBe('Fix the time zone of invoices: place 1 of 10'),
    );
    await press('ArrowUp', { altKey: true });
    expect(moves(backend)).toEqual([
      [taskId(3), taskId(2)],
      [taskId(3), uuid(3)],
    ]);
    await press('ArrowDown', { altKey: true });
    await waitFor(() => expect(moves(backend)).toHaveLength(3));
    expect(bosk.selected, 'what is on screen stays there').toBe(taskId(3));
  });

  it('is changed by its buttons, and goes back where that failed', async () => {
    const { backend, pane, store } = await openTask('Bump the linters');
    await fireEvent.click(within(pane).getByTestId('queue-top'));
    await waitFor(() => expect(titles()[1]).toBe('Bump the linters'));
    await waitFor(() => expect(within(pane).getByTestId<HTMLButtonElement>('queue-up').disabled).toBe(true));
    vi.spyOn(backend, 'queueMove').mockRejectedValue({ code: 'session_state', message: 'No.', hint: null });
    await fireEvent.click(within(pane).getByTestId('queue-down'));
    await waitFor(() => expect(store.problems).toHaveLength(1));
    await waitFor(() => expect(titles()[1]).toBe('Bump the linters'));
  });

  it('is changed by dragging, also while the rows keep their places', async () => {
    const { backend } = await open('tasks');
    const item = (title: string) => row(title).closest('li') as HTMLElement;
    await fireEvent.pointerMove(row('Bump the linters'));
    await fireEvent.dragStart(item('Bump the linters'));
    await fireEvent.dragOver(item('Type the event bus'));
    expect(item('Type the event bus').className, 'that one is more urgent').not.toMatch(/above|below/);
    await fireEvent.dragOver(item('Drop support for IE'));
    expect(item('Drop support for IE').className).toContain('above');
    await fireEvent.drop(item('Drop support for IE'));
    expect(titles()[2]).toBe('Bump the linters');
    await waitFor(() => expect(moves(backend)).toEqual([[taskId(4), taskId(2)]]));
    expect(document.querySelector('.above')).toBeNull();
  });

  it('follows the priority', async () => {
    const { pane } = await openTask('Bump the linters');
    await fireEvent.click(within(pane).getByLabelText('Low'));
    await waitFor(() => expect(titles().indexOf('Bump the linters')).toBe(10));
    await fireEvent.click(within(pane).getByLabelText('High'));
    await waitFor(() => expect(titles().indexOf('Bump the linters')).toBe(1));
  });
});
