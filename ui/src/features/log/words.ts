import type { LogCommit } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { number, time } from '../../shared/format';

export const shortId = (id: string) => id.slice(0, 10);
export const when = ({ at }: LogCommit) => time(at * 1000);

/** Where a commit is, as far as a drawing shows it by its place alone. */
export function where({ own, unpushed, parents }: LogCommit): string {
  return [
    own ? t('log.own') : t('log.base'),
    unpushed ? t('log.unpushed') : '',
    parents.length > 1 ? t('log.merge', { count: number(parents.length) }) : '',
  ]
    .filter(Boolean)
    .join(', ');
}
