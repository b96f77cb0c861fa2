import type { Backend } from './backend';
import { tauri } from './tauri';

export type { Backend } from './backend';

/** The app's commands inside the app; a twin in memory in a browser. */
export async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return tauri;
  if (!import.meta.env.DEV) throw new Error('Bosk runs in its own window, not in a browser.');
  const { FakeBackend } = await import('./fake/fake');
  const scene = new URLSearchParams(location.search).get('scene') ?? 'some';
  return new FakeBackend(scene);
}
