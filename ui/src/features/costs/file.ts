import type { Spent } from '../../backend/types';
import { csv } from '../../shared/graph/csv';

/** What was spent as a file: the columns that `bosk usage --csv` has. */
export function file(all: readonly Spent[]): string {
  const head = [
    'hour',
    'repository',
    'session',
    'model',
    'cost_usd',
    'input',
    'output',
    'cache_read',
    'cache_creation',
  ];
  return csv([
    head,
    ...all.map(({ hour, repository, session, model, cost_usd, tokens }) => [
      hour,
      repository,
      session,
      model,
      cost_usd,
      tokens.input,
      tokens.output,
      tokens.cache_read,
      tokens.cache_creation,
    ]),
  ]);
}
