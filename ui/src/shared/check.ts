import type { SessionSummary, Verdict } from '../backend/types';
import { t } from '../i18n/index.svelte';

/** What the command said that tells whether the work is right, in shapes and words. */

export const checkShapes = { checking: 'running', passed: 'done', failed: 'failed' } as const;

/** In full, where it has a label. */
export function verdictWords(of: Verdict): string {
  return of.verdict === 'failed' && of.code !== null
    ? t('check.failedCode', { code: of.code })
    : t(`check.${of.verdict}`);
}

/** In a word or two, where nothing else says that it is about a check. */
export function checkWords(of: Verdict): string {
  return t(`check.short.${of.verdict}`);
}

/** What there is to say of a session whose turn is over, if its check has said something. */
export function checked(session: SessionSummary): string | null {
  const { check, problem, paused, stalled } = session;
  const isIdle = session.state === 'running' && session.turn === 'idle';
  return check && isIdle && !problem && !paused && !stalled ? checkWords(check) : null;
}
