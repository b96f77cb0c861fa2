import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { onTestFinished } from 'vitest';
import { FakeBackend } from '../backend/fake/fake';
import type { WindowKind } from '../backend/backend';
import { clock } from '../state/clock.svelte';
import { Connection } from '../state/connection';
import { Store } from '../state/store.svelte';
import { Apart } from './apart';

/** A window beside the main one, on a made-up backend. */
export async function openApart(
  Window: Component<{ bosk: Apart }>,
  kind: WindowKind,
  scene: string,
  own: string | null = null,
) {
  const backend = new FakeBackend(scene);
  const store = new Store();
  const connection = new Connection(backend, store);
  const bosk = new Apart(store, backend, connection, kind, own);
  onTestFinished(async () => {
    backend.end();
    await new Promise(requestAnimationFrame);
  });
  render(Window, { bosk });
  await connection.subscribe(await backend.snapshot(true));
  /** A second passes: everything is measured, and the clock ticks. */
  const second = (at = clock.now + 1000) => {
    backend.measure(at);
    clock.now = at;
  };
  second(Date.now());
  return { backend, store, bosk, second };
}
