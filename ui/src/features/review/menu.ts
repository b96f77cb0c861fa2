import { plural, t } from '../../i18n/index.svelte';
import { time } from '../../shared/format';
import { fileName } from '../../shared/words';
import type { Offer } from '../../state/reviews.svelte';
import { againsts } from './choices.svelte';
import type { Keys } from './keys';
import type { Reading } from './reading.svelte';

/** What can be done with a review as a whole: in its menu, and from the palette. */

/** How many deeds are listed to be taken back. */
const LISTED = 8;

export function menuOf(reading: Reading): Offer[] {
  const { choices, deeds } = reading;
  return [
    {
      id: 'space',
      label: choices.ignoreSpace ? t('review.space.show') : t('review.space.ignore'),
      run: () => void reading.again(() => (choices.ignoreSpace = !choices.ignoreSpace)),
    },
    {
      id: 'viewed',
      label: choices.hideViewed ? t('review.showViewed') : t('review.hideViewed'),
      run: () => {
        choices.hideViewed = !choices.hideViewed;
        choices.keep();
      },
    },
    { id: 'fold', label: t('review.foldAll'), run: () => reading.foldAll(true) },
    { id: 'unfold', label: t('review.unfoldAll'), run: () => reading.foldAll(false) },
    ...deeds.undos.slice(0, LISTED).map(({ id, deed, paths, at }) => ({
      id: `undo-${id}`,
      label: t(`review.undo.${deed}`, {
        files: paths.length === 1 ? fileName(paths[0] ?? '') : plural('panel.files', paths.length),
        time: time(at),
      }),
      run: () => void deeds.undo(id),
    })),
  ];
}

/** The same and more, for the palette: what is done by keys here is found there by name. */
export function offersOf(reading: Reading, commands: Keys, send: () => void): Offer[] {
  const { choices, comments } = reading;
  const found = commands.picked();
  const file = found && reading.file(found.picking.path);
  const all: Offer[] = [
    ...againsts
      .filter((against) => against !== choices.against)
      .map((against) => ({
        id: `against-${against}`,
        label: t('review.compare', { what: t(`review.against.${against}`) }),
        run: () => void reading.again(() => (choices.against = against)),
      })),
    {
      id: 'split',
      label: choices.split ? t('review.toUnified') : t('review.toSplit'),
      run: () => choices.lay(!choices.split),
    },
    { id: 'look', label: t('review.look'), run: () => void reading.look() },
    ...menuOf(reading),
  ];
  if (comments.drafts.length > 0)
    all.push({ id: 'send', label: plural('review.send', comments.drafts.length), run: send });
  if (file) {
    all.push({ id: 'comment', label: t('shortcuts.reviewComment'), run: () => commands.comment() });
    for (const deed of reading.deeds.forLines(file))
      all.push({ id: deed, label: t(`review.${deed}.picked`), run: () => commands.run(deed) });
  }
  return all.map((offer) => ({ ...offer, id: `review-${offer.id}` }));
}
