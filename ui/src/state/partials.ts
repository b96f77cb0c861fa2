import type { PartialBlock } from '../backend/types';

/** A streamed block as far as it has come. */
export interface Growing {
  block: number;
  parent: string | null;
  part: PartialBlock['part'];
  text: string;
  /** Length of `text` in UTF-8, which is how the backend counts. */
  bytes: number;
  /** A piece was missed: what is shown stays until the block comes whole again. */
  waiting: boolean;
}

const utf8 = new TextEncoder();

/**
 * Returns what a block is after one more piece of it. `from: 0` replaces the block; a piece that continues it is
 * added, one that is here already changes nothing, and one that leaves a gap waits for the block to come whole.
 */
export function grow(before: Growing | undefined, piece: PartialBlock): Growing {
  const { block, parent, part } = piece;
  const added = utf8.encode(piece.text);
  if (piece.from === 0) return { block, parent, part, text: piece.text, bytes: added.length, waiting: false };
  if (!before) return { block, parent, part, text: '', bytes: 0, waiting: true };
  if (before.waiting || piece.from > before.bytes) return { ...before, waiting: true };
  const known = before.bytes - piece.from;
  if (known >= added.length) return before;
  const rest = known === 0 ? piece.text : new TextDecoder().decode(added.subarray(known));
  return { ...before, text: before.text + rest, bytes: piece.from + added.length };
}
