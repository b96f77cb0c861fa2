import { SvelteMap } from 'svelte/reactivity';
import type { Effort, SessionId } from '../../backend/types';
import type { Conversation } from '../../state/conversation.svelte';

export const efforts: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** What was chosen in this window: a session's summary may not tell it yet. */
export const chosen = new SvelteMap<SessionId, Effort>();

/** How hard the model thinks, as far as that is known: what was chosen here, or what the transcript tells of it. */
export function effortOf(id: SessionId, conversation: Conversation | null): Effort | null {
  const here = chosen.get(id);
  if (here || !conversation) return here ?? null;
  let last: { index: number; effort: Effort } | null = null;
  for (const entry of conversation.entries.values()) {
    if (entry.kind !== 'changed' || entry.what !== 'effort' || (last && entry.index < last.index)) continue;
    const effort = efforts.find((one) => one === entry.value);
    if (effort) last = { index: entry.index, effort };
  }
  return last?.effort ?? null;
}
