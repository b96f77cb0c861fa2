import type { Ending, SessionSummary } from '../backend/types';

/** Sessions that end so that their folder can go: exactly as the person sees them. */

/** Whether its process only waits for the next message: ending it interrupts nothing. As the keeper has it. */
export function rests(session: SessionSummary): boolean {
  const { queued, background, check } = session;
  const isIdle = session.state === 'running' && session.turn === 'idle';
  return isIdle && queued === 0 && background === 0 && check?.verdict !== 'checking';
}

/** What the person agrees to who agrees to this. */
export function endingOf(alive: readonly SessionSummary[]): Ending {
  const ids = (wanted: boolean) => alive.filter((one) => rests(one) === wanted).map(({ id }) => id);
  return { resting: ids(true), working: ids(false) };
}

/** Changes when what would end, or what that interrupts, is another: then what would go is looked at anew. */
export const endingKey = (alive: readonly SessionSummary[]): string =>
  alive.map((one) => `${one.id} ${String(rests(one))}`).join('\n');
