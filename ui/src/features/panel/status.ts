import { t } from '../../i18n/index.svelte';

const known = [
  'connected',
  'pending',
  'needs-auth',
  'disabled',
  'running',
  'completed',
  'failed',
  'killed',
] as const;

/** The CLI's word for how something stands, in the person's language; one that is not known as it came. */
export function statusWords(status: string): string {
  const one = known.find((word) => word === status);
  return one ? t(`status.${one}`) : status;
}
