import { tick } from 'svelte';

/** What stands in the place of a form takes the focus; once it is gone, that is where `data-back` is. */
export function arrive(place: HTMLElement): () => void {
  const dialog = place.closest('dialog');
  const first =
    dialog?.querySelector<HTMLElement>('footer [data-first]') ??
    place.querySelector<HTMLElement>('[data-first], input, select, button');
  first?.focus();
  return () =>
    void tick().then(() => {
      const isLost = document.activeElement === document.body || document.activeElement === dialog;
      if (isLost) dialog?.querySelector<HTMLElement>('[data-back]')?.focus();
    });
}
