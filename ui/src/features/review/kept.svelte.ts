import type { SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { oneEach } from '../../state/window.svelte';
import { Blocks } from './blocks.svelte';
import { Choices } from './choices.svelte';
import { Reading } from './reading.svelte';

/** Reviews that were looked at last stay as they were left: where the reader was, what was folded and begun. */

export interface Kept {
  reading: Reading;
  blocks: Blocks;
  /** Ends what is derived in it. */
  end: () => void;
}

/** How many are kept. */
const MOST = 4;

interface Shelf {
  choices: Choices;
  kept: Map<SessionId, Kept>;
}

const shelfOf = oneEach(({ backend }): Shelf => ({ choices: new Choices(backend), kept: new Map() }));

/** It outlives the part of the window that asks for it first. */
function make(id: SessionId, bosk: Bosk, choices: Choices): Kept {
  const made = {} as Kept;
  made.end = $effect.root(() => {
    made.reading = new Reading(id, bosk.backend, choices);
    made.blocks = new Blocks(made.reading);
  });
  return made;
}

export function reviewOf(bosk: Bosk, id: SessionId): Kept {
  const { choices, kept } = shelfOf(bosk);
  let found = kept.get(id);
  if (!found) {
    found = make(id, bosk, choices);
  }
  // The newest is the last.
  kept.delete(id);
  kept.set(id, found);
  for (const [other, old] of kept) {
    if (kept.size <= MOST) break;
    kept.delete(other);
    old.end();
  }
  return found;
}
