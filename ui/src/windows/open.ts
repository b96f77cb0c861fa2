import { mount } from 'svelte';
import '../backend/tauri/rest';
import '../i18n/rest';
import '../deeds';
import '../tasks';
import '../review';
import '../variants';
import '../finishing';
import type { Backend, WindowKind } from '../backend/backend';
import type { SessionId } from '../backend/types';
import { Connection } from '../state/connection';
import { Store } from '../state/store.svelte';
import { Apart } from './apart';

const windows = {
  monitor: () => import('./MonitorWindow.svelte'),
  session: () => import('./SessionWindow.svelte'),
  strip: () => import('./StripWindow.svelte'),
};

/** Opens a window beside the main one. It needs every session at once: it has no first picture to hurry for. */
export async function open(
  kind: Exclude<WindowKind, 'main'>,
  id: SessionId | null,
  backend: Backend,
  target: HTMLElement,
): Promise<void> {
  const store = new Store();
  const connection = new Connection(backend, store);
  const bosk = new Apart(store, backend, connection, kind, id);
  const all = backend.snapshot(true).catch(() => null);
  const { default: Window } = await windows[kind]();
  mount(Window, { target, props: { bosk } });
  await connection.subscribe(await all);
}
