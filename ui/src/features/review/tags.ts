import type { ReviewFile } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { size } from '../../shared/format';
import type { Reading } from './reading.svelte';

/** What sets a file apart, in a word. */
export interface Tag {
  id: string;
  label: string;
  hint?: string | undefined;
}

export function tagsOf(reading: Reading, file: ReviewFile, alsoIn: string[]): Tag[] {
  const tags: Tag[] = [];
  if (reading.changed.has(file.path)) tags.push({ id: 'changed', label: t('review.changedSince') });
  if (file.kind === 'conflicted') tags.push({ id: 'conflicted', label: t('change.conflicted') });
  if (alsoIn.length > 0) {
    const hint = t('overlap.alsoIn', { titles: alsoIn.join(', ') });
    tags.push({ id: 'also', label: t('overlap.also'), hint });
  }
  if (file.staged !== 'none' && reading.choices.against !== 'staged')
    tags.push({ id: 'staged', label: t(`review.staged.${file.staged}`) });
  if (file.generated) tags.push({ id: 'generated', label: t('review.generated') });
  if (file.binary && file.bytes !== null) tags.push({ id: 'size', label: size(file.bytes) });
  return tags;
}
