import { further, type Action } from './actions';
import type { SessionId } from './backend/types';
import type { Lent } from './features/review/lent';
import { t } from './i18n/index.svelte';
import type { Bosk } from './state/bosk.svelte';
import { reviewsOf } from './state/reviews.svelte';

/** Looking at what a session has changed, from anywhere. */

/** What the review is lent of other parts: an editor, and the person's own. */
export const lent = (bosk: Bosk, id: SessionId): Lent => ({
  editor: () => import('./features/edit/FileEditor.svelte'),
  openOutside: (path, line) => void bosk.attempt(bosk.backend.openWith(id, 'editor', path, line)),
});

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
