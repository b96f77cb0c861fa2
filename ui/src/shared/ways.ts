import type { Problem, ProblemCode, SessionSummary } from '../backend/types';

/** What can be done at once about what went wrong in a session. What the settings do is ProblemActions. */
export type Way = 'try-again' | 'resume' | 'compact' | 'fork' | 'limits' | 'interrupt';

/** It may well go through now: the last message is sent once more, by a process that is started anew. */
const passing: readonly ProblemCode[] = [
  'signed_out',
  'usage_limit',
  'api_error',
  'timed_out',
  'disk_full',
  'home_unwritable',
  'cli_failed',
  'internal',
];

/** Where a session that has ended can simply be started again. */
const startable: readonly ProblemCode[] = [
  'cli_failed',
  'cli_silent',
  'keeper_unreachable',
  'session_state',
  'session_unknown',
  'timed_out',
  'internal',
];

/** The service has no code of its own for it: these are its words, which the CLI hands on. */
export function isTooLong(...words: (string | null | undefined)[]): boolean {
  return words.some((text) => /prompt is too long|exceeds? the context (?:window|limit)/i.test(text ?? ''));
}

/** The ways on, the likeliest first; `text` is what the turn itself said. */
export function waysOn(
  session: Pick<SessionSummary, 'state'> & { turn?: string },
  problem: Problem | null,
  text: string | null = null,
): Way[] {
  const ended = session.state === 'ended';
  if (isTooLong(problem?.message, text)) return ['compact', 'fork'];
  if (!problem) return ended ? ['resume'] : [];
  const { code } = problem;
  if (code === 'limit_reached') return ended ? ['limits', 'resume'] : ['limits'];
  const ways: Way[] = [];
  if (ended && startable.includes(code)) ways.push('resume');
  if (code === 'cli_silent' && session.turn === 'working') ways.push('interrupt', 'try-again');
  if (passing.includes(code)) ways.push('try-again');
  return ways;
}
