import type { EntryOf } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { duration } from '../../shared/format';
import { firstLine } from './fields';

/** A run of the command that tells whether the work is right, on one line. */
export function checkLine({ command, verdict, took }: EntryOf<'check'>): string {
  const line = firstLine(command);
  if (!verdict) return t('transcript.checkBroken', { command: line });
  if (verdict.verdict === 'checking') return t('transcript.checkRunning', { command: line });
  const told = { command: line, duration: duration(took, true) };
  if (verdict.verdict === 'passed') return t('transcript.checkPassed', told);
  return verdict.code === null
    ? t('transcript.checkFailed', told)
    : t('transcript.checkFailedCode', { ...told, code: verdict.code });
}
