import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import { row as taskRow } from './test-queue';
import { faults, open, press } from './test-window';

const rows = () => screen.getAllByTestId('fleet-row');
const id = (row: HTMLElement) => row.dataset['session'] ?? '';
const picked = () => rows().filter((row) => row.getAttribute('aria-pressed') === 'true');

/** As a mouse does it: press, release, click. */
async function click(row: HTMLElement, more: MouseEventInit = {}) {
  await fireEvent.pointerDown(row, { button: 0, pointerType: 'mouse', ...more });
  await fireEvent.click(row, { detail: 1, ...more });
}

/** The nth of some rows. */
function nth(all: (HTMLElement | Element | null)[], n: number): HTMLElement {
  const one = all[n];
  if (!(one instanceof HTMLElement)) throw new Error(`there is no row ${String(n)}`);
  return one;
}
const focused = () => nth([document.activeElement], 0);

const some = (glance: string) => rows().filter((row) => row.dataset['glance'] === glance);

async function pick(...wanted: HTMLElement[]) {
  for (const row of wanted) await click(row, { ctrlKey: true });
  return screen.findByTestId('picked-bar');
}

describe('picking rows', () => {
  it('is done with Ctrl, and the session that is read stays', async () => {
    const { bosk } = await open('twenty');
    const [first, second, third] = rows();
    if (!first || !second || !third) throw new Error('too few');
    await click(first);
    await click(second, { ctrlKey: true });
    await click(third, { ctrlKey: true });
    await click(second, { ctrlKey: true });
    expect(picked()).toEqual([third]);
    expect(bosk.selected).toBe(id(first));
    await click(second);
    expect(picked()).toEqual([]);
    expect(bosk.selected).toBe(id(second));
  });

  it('reaches with Shift from the one before, by the pointer and by the arrows', async () => {
    const { bosk } = await open('twenty');
    const all = rows();
    await click(nth(all, 1));
    await click(nth(all, 4), { shiftKey: true });
    expect(picked()).toEqual(all.slice(1, 5));
    await click(nth(all, 0), { shiftKey: true });
    expect(picked()).toEqual(all.slice(0, 2));
    await press('Escape');
    expect(picked()).toEqual([]);
    nth(all, 1).focus();
    await fireEvent.keyDown(nth(all, 1), { key: 'ArrowDown', shiftKey: true });
    await fireEvent.keyDown(focused(), { key: 'ArrowDown', shiftKey: true });
    expect(picked()).toEqual(all.slice(1, 4));
    expect(bosk.selected).toBe(id(nth(all, 3)));
  });

  it('is done by a finger that rests, and then by taps', async () => {
    const { bosk } = await open('twenty');
    vi.useFakeTimers();
    try {
      const [first, second, third] = [nth(rows(), 0), nth(rows(), 1), nth(rows(), 2)];
      const tap = async (row: HTMLElement, rest: number) => {
        await fireEvent.pointerDown(row, { button: 0, pointerType: 'touch' });
        vi.advanceTimersByTime(rest);
        await fireEvent.pointerUp(row, { pointerType: 'touch' });
        await fireEvent(row, new PointerEvent('click', { bubbles: true, detail: 1, pointerType: 'touch' }));
        await tick();
      };
      await tap(first, 50);
      expect([bosk.selected, picked()]).toEqual([id(first), []]);
      await tap(second, 600);
      expect([bosk.selected, picked()]).toEqual([id(first), [second]]);
      await tap(third, 50);
      expect(picked()).toEqual([second, third]);
      await tap(second, 50);
      expect([bosk.selected, picked()]).toEqual([id(first), [third]]);
      // A finger that moves scrolls.
      await fireEvent.pointerDown(first, { button: 0, pointerType: 'touch' });
      await fireEvent.pointerMove(first, { pointerType: 'touch' });
      vi.advanceTimersByTime(600);
      expect(picked()).toEqual([third]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is done by x along the list, by Ctrl A for all, and undone by Esc, which interrupts nothing then', async () => {
    const { backend, bosk } = await open('twenty');
    const running = nth(some('running'), 0);
    await click(running);
    await screen.findByTestId('transcript');
    running.focus();
    await fireEvent.keyDown(running, { key: 'x' });
    await press('j');
    await fireEvent.keyDown(focused(), { key: 'x' });
    expect(picked()).toHaveLength(2);
    await fireEvent.keyDown(focused(), { key: 'a', ctrlKey: true });
    expect(bosk.picked.size).toBe(bosk.fleet.rows.length);
    await press('Escape');
    expect(bosk.picked.size).toBe(0);
    expect(screen.queryByTestId('picked-bar')).toBeNull();
    expect(backend.calls.filter(({ name }) => name === 'interrupt')).toEqual([]);
  });

  it('has no faults', async () => {
    await open('twenty');
    await pick(...rows().slice(0, 12));
    expect(await faults()).toEqual([]);
  });
});

describe('what is done to those picked', () => {
  it('is offered where it applies, with the count, also in the palette', async () => {
    const { bosk } = await open('twenty');
    const bar = await pick(nth(some('running'), 0), nth(some('stopped'), 0), nth(some('done'), 0));
    expect(within(bar).getByText('3 selected')).toBeTruthy();
    const words = [...bar.querySelectorAll('.deeds button')].map((one) => one.textContent.trim());
    expect(words).toEqual(['Stop 2', 'Interrupt 1', 'Send a message 3', 'Resume 1', 'Pause 2', 'Archive 1']);
    expect(actions(bosk).find((one) => one.id === 'picked-pause')?.label).toBe('Pause: 2 of those selected');
    expect(actions(bosk).some((one) => one.id === 'picked-hold')).toBe(false);
  });

  it('goes on where one fails, and says at the end which and why', async () => {
    const { backend, store } = await open('twenty');
    const wanted = some('done');
    const bar = await pick(...wanted);
    const stop = backend.stop.bind(backend);
    vi.spyOn(backend, 'stop').mockImplementation((one) =>
      one === id(nth(wanted, 0))
        ? Promise.reject({ code: 'keeper_unreachable', message: 'It does not answer.', hint: 'Try again.' })
        : stop(one),
    );
    await fireEvent.click(within(bar).getByTestId('picked-stop'));
    const sheet = await screen.findByTestId('picked-result-sheet');
    const failures = within(sheet).getAllByTestId('picked-failure');
    expect(failures).toHaveLength(1);
    expect(failures[0]?.textContent).toContain('It does not answer.');
    expect(failures[0]?.textContent).toContain(nth(wanted, 0).querySelector('.title')?.textContent);
    expect(wanted.map((row) => store.sessions.get(id(row))?.state)).toEqual([
      'running',
      ...wanted.slice(1).map(() => 'ended'),
    ]);
    expect(store.problems).toEqual([]);
    expect(await faults()).toEqual([]);
  });

  it('is four at a time', async () => {
    const { backend, bosk } = await open('twenty');
    const waiting: (() => void)[] = [];
    const pause = vi
      .spyOn(backend, 'pause')
      .mockImplementation(() => new Promise((done) => waiting.push(done)));
    bosk.picked = new Set(bosk.fleet.rows.map((row) => row.id));
    await fireEvent.click(await screen.findByTestId('picked-pause'));
    expect(pause).toHaveBeenCalledTimes(4);
    expect(screen.getByTestId('picked-bar').textContent).toContain('Pause: 0 of');
    expect(screen.queryByTestId('picked-stop')).toBeNull();
    waiting.shift()?.();
    await waitFor(() => expect(pause).toHaveBeenCalledTimes(5));
  });

  it('sends one message to all, and resumes those that have ended', async () => {
    const { backend } = await open('twenty');
    const wanted = [nth(some('done'), 0), nth(some('stopped'), 0)];
    const bar = await pick(...wanted);
    await fireEvent.click(within(bar).getByTestId('picked-message'));
    const text = await screen.findByTestId('picked-text');
    expect(screen.getByText('1 has ended and is resumed.')).toBeTruthy();
    expect(await faults()).toEqual([]);
    await fireEvent.input(text, { target: { value: 'Run the tests' } });
    await fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    const sent = () => backend.calls.filter(({ name }) => name === 'send').map(({ args }) => args);
    await waitFor(() => expect(sent()).toHaveLength(2));
    expect(new Set(sent().map(([to]) => to))).toEqual(new Set(wanted.map(id)));
    expect(new Set(sent().map(([, uuid]) => uuid)).size).toBe(2);
    expect(sent().every(([, , what]) => what === 'Run the tests')).toBe(true);
  });

  it('removes what has ended after one question, which says what each loses', async () => {
    const { backend, bosk, store } = await open('twenty');
    const wanted = some('stopped');
    const plan = backend.removalPlan.bind(backend);
    vi.spyOn(backend, 'removalPlan').mockImplementation((one) =>
      one === id(nth(wanted, 1)) ? Promise.reject(new Error('unreadable')) : plan(one),
    );
    const bar = await pick(...wanted);
    await fireEvent.click(within(bar).getByTestId('picked-remove'));
    const confirm = await screen.findByTestId<HTMLButtonElement>('picked-remove-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    const lines = screen.getAllByTestId('picked-plan').map((line) => line.textContent);
    expect(lines[0]).toMatch(/changes\s*2\s*2/);
    expect(screen.getByText('1 could not be looked at, and stays.')).toBeTruthy();
    expect(await faults()).toEqual([]);
    await fireEvent.click(confirm);
    await waitFor(() => expect(store.sessions.has(id(nth(wanted, 0)))).toBe(false));
    await tick();
    expect(store.sessions.has(id(nth(wanted, 1)))).toBe(true);
    expect(bosk.sheet).toBeNull();
    // All of them at once come back at once.
    await waitFor(() => expect(bosk.said).toMatch(/^Archived \d+ session/));
    await fireEvent.click(screen.getByTestId('undo'));
    await waitFor(() => expect(store.sessions.has(id(nth(wanted, 0)))).toBe(true));
  });

  it('holds, releases and takes tasks out of the queue', async () => {
    const { backend } = await open('tasks');
    const bar = await pick(taskRow('Type the event bus'), taskRow('Document the webhook'));
    expect(bar.querySelector('.deeds')?.textContent).toMatch(/Hold 1\s*Release 1\s*Take out of the queue 2/);
    await fireEvent.click(within(bar).getByTestId('picked-hold'));
    await waitFor(() => expect(within(bar).queryByTestId('picked-hold')).toBeNull());
    await fireEvent.click(await within(bar).findByTestId('picked-release'));
    await waitFor(() => expect(within(bar).queryByTestId('picked-release')).toBeNull());
    await fireEvent.click(await within(bar).findByTestId('picked-cancel'));

    await fireEvent.click(await screen.findByTestId('picked-cancel-confirm'));
    await waitFor(() => expect(backend.tasks).toHaveLength(11));
    await waitFor(() => expect(screen.queryByTestId('picked-bar')).toBeNull());
  });
});
