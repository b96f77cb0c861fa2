import { further, type Action } from './actions';
import type { Lent } from './features/review/lent';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';
import { reviewsOf } from './state/reviews.svelte';

/** Looking at what a session has changed, from anywhere. */

/** What the review is lent. An editor and a way outside are connected here, once they are there. */
export const lent: Lent = { editor: null, openOutside: null };

function here(bosk: Bosk): Action[] {
  const { session } = bosk;
  if (!session) return [];
  const reviews = reviewsOf(bosk);
  const isShown = reviews.isShown(session.id);
  return [
    {
      id: 'review',
      label: isShown ? t('view.toConversation') : t('view.toReview'),
      keys: ['r'],
      run: () => reviews.toggle(),
    },
    ...reviews.offers(),
  ];
}

// The first picture does without: whoever reads this adds them.
further.here.push(here);
