import { t } from '../../i18n/index.svelte';
import { number } from '../../shared/format';

/** The lines that something is about, in words. */
export const lineWords = (from: number, to: number) =>
  from === to
    ? t('review.line', { line: number(from) })
    : t('review.lines', { from: number(from), to: number(to) });
