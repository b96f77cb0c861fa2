import { fireEvent, screen } from '@testing-library/svelte';
import { open } from './test-window';

/** The rows of tasks that wait, for tests. */

export const rows = () => screen.queryAllByTestId('task-row');

export const titles = () => rows().map((row) => row.querySelector('.title')?.textContent);

export function row(title: string): HTMLElement {
  const found = rows().find((one) => one.textContent.includes(title));
  if (!found) throw new Error(`no row is called ${title}`);
  return found;
}

/** Opens a task, as a click on its row does. */
export async function openTask(title: string, scene = 'tasks') {
  const opened = await open(scene);
  await fireEvent.click(row(title));
  const pane = await screen.findByTestId('task');
  return { ...opened, pane, id: opened.bosk.selected ?? '' };
}
