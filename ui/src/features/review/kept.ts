import type { SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { Blocks } from './blocks.svelte';
import { Choices } from './choices.svelte';
import { Reading } from './reading.svelte';

/** Reviews that were looked at last stay as they were left: where the reader was, what was folded and begun. */

export interface Kept {
  reading: Reading;
  blocks: Blocks;
}

/** How many are kept. */
const MOST = 4;

interface Shelf {
  choices: Choices;
  kept: Map<SessionId, Kept>;
}

const shelves = new WeakMap<Bosk, Shelf>();

export function reviewOf(bosk: Bosk, id: SessionId): Kept {
  let shelf = shelves.get(bosk);
  if (!shelf) shelves.set(bosk, (shelf = { choices: new Choices(bosk.backend), kept: new Map() }));
  const { choices, kept } = shelf;
  let found = kept.get(id);
  if (!found) {
    const reading = new Reading(id, bosk.backend, choices);
    found = { reading, blocks: new Blocks(reading) };
  }
  // The newest is the last.
  kept.delete(id);
  kept.set(id, found);
  for (const other of kept.keys()) if (kept.size > MOST) kept.delete(other);
  return found;
}
