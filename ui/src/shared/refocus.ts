import { tick } from 'svelte';

/** Gives the focus to the first thing in a place that takes it, where what had it is gone; or always. */
export async function refocus(place: HTMLElement | undefined, always = false): Promise<void> {
  await tick();
  const { activeElement: active } = document;
  const isLost = !active || active === document.body || active instanceof HTMLDialogElement;
  if (!place || !(always || isLost)) return;
  const first =
    place.querySelector<HTMLElement>('[data-first]') ??
    place.querySelector<HTMLElement>('textarea, select, input:not(:disabled), button:not(:disabled)');
  first?.focus();
}
