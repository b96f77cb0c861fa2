import type { SessionSummary } from '../types';
import { summary } from './summary';

/** Four attempts at the same: the last one is still at it. */
export function attempts(now: number): SessionSummary[] {
  const check = { command: 'npm test -- --run rates', at: now - 60_000, took: 14_000 };
  const verdicts = [{ verdict: 'passed' }, { verdict: 'failed', code: 1 }, { verdict: 'passed' }, null];
  return ['opus · high', 'opus · low', 'sonnet · high', 'sonnet · low'].map((label, at) =>
    summary('Cache the exchange rates', at === 1 ? 'failed' : at === 3 ? 'running' : 'done', now, {
      branch: `cache-the-exchange-rates-${at + 1}`,
      variant: { group: 'rates', number: at + 1, label },
      check: (verdicts[at] && { ...check, ...verdicts[at] }) as SessionSummary['check'],
    }),
  );
}
