import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import axe from 'axe-core';
import { expect, onTestFinished } from 'vitest';
import App from './App.svelte';
import { FakeBackend } from './backend/fake/fake';
// Here already, so that no test waits for it to be read.
import './later';
import { Bosk } from './state/bosk.svelte';
import { Connection } from './state/connection';
import { Store } from './state/store.svelte';

/** The whole window on a made-up backend, for tests. */

export async function open(scene: string) {
  const backend = new FakeBackend(scene);
  const store = new Store();
  const bosk = new Bosk(store, backend, new Connection(backend, store));
  // A frame later nothing of this window is under way that could outlive the document.
  onTestFinished(async () => {
    backend.end();
    await new Promise(requestAnimationFrame);
  });
  render(App, { bosk });
  await bosk.connection.subscribe();
  await waitFor(() => expect(document.querySelector('.window')?.getAttribute('aria-busy')).toBe('false'));
  return { backend, store, bosk };
}

export async function openFirst(scene: string) {
  const opened = await open(scene);
  const [row] = screen.getAllByTestId('fleet-row');
  if (!row) throw new Error('no session');
  await fireEvent.click(row);
  await screen.findByTestId('transcript');
  return { ...opened, id: row.dataset['session'] ?? '' };
}

/** Structure only: colours and sizes need a browser that lays out. */
export async function faults(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(' ')}`);
}

export const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(window, { key, ...more });
