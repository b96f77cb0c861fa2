import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { actions } from './actions';
import { uuid } from './backend/fake/scenes';
import { task, taskId } from './backend/fake/tasks';
import { openTask } from './test-queue';
import { faults, open } from './test-window';

const nodes = (place: HTMLElement) => within(place).getAllByTestId('dag-node');
const named = (place: HTMLElement, title: string) => {
  const found = nodes(place).find((node) => node.textContent.includes(title));
  if (!found) throw new Error(`no node is called ${title}`);
  return found;
};

describe('what waits for what', () => {
  it('is drawn for a task that waits for another, and leads to it', async () => {
    const { bosk, pane } = await openTask('Port the checkout tests too');
    const dag = within(pane).getByTestId('dag');
    expect(nodes(dag)).toHaveLength(2);
    expect(dag.querySelectorAll('svg path.builds')).toHaveLength(2);
    const self = named(dag, 'Port the checkout');
    expect(self.getAttribute('aria-current')).toBe('true');
    self.focus();
    await fireEvent.keyDown(self, { key: 'ArrowLeft' });
    const before = named(dag, 'Port the pricing');
    expect(document.activeElement).toBe(before);
    expect([self.tabIndex, before.tabIndex]).toEqual([-1, 0]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(before);
    await waitFor(() => expect(bosk.selected).toBe(uuid(2)));
  });

  it('marks what is held and what is gone, and is not drawn where nothing waits', async () => {
    const { pane } = await openTask('Rename Order to Purchase');
    const dag = within(pane).getByTestId('dag');
    expect(named(dag, 'Rename Order').dataset['mark']).toBe('held');
    expect(named(dag, 'no longer there').getAttribute('aria-disabled')).toBe('true');
    const other = [...document.querySelectorAll<HTMLElement>('[data-testid=task-row]')].find((row) =>
      row.textContent.includes('Bump the linters'),
    );
    if (other) await fireEvent.click(other);
    await waitFor(() => expect(screen.queryByTestId('dag')).toBeNull());
  });

  it('is a list as well', async () => {
    const { pane } = await openTask('Port the checkout tests too');
    await fireEvent.click(within(pane).getByRole('button', { name: 'As a list' }));
    const list = within(pane).getByTestId('dag-list');
    expect(list.textContent).toMatch(/Port the checkout tests too.*after Port the pricing tests to Vitest/s);
    expect(await faults()).toEqual([]);
  });

  it('is drawn for the whole queue or a batch, sixty at most, and says what is left out', async () => {
    const { backend, bosk } = await open('tasks');
    const made = Array.from({ length: 70 }, (_, n) =>
      task(taskId(500 + n), `Step ${String(n)}`, Date.now(), {
        batch: 'Steps',
        after: n > 0 ? [taskId(500 + n - 1)] : [],
      }),
    );
    backend.tell([...backend.tasks, ...made]);
    actions(bosk)
      .find(({ id }) => id === 'dependencies')
      ?.run();
    const sheet = await screen.findByTestId('dependencies');
    await fireEvent.change(within(sheet).getByTestId('dependencies-batch'), { target: { value: 'Steps' } });
    await waitFor(() => expect(nodes(sheet)).toHaveLength(60));
    expect(nodes(sheet).every((node) => node.textContent.includes('Step '))).toBe(true);
    expect(sheet.textContent).toContain('and 10 more that are not drawn');
    expect(await faults()).toEqual([]);
  });
});
