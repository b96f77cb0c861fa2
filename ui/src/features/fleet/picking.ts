import type { SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { between, toggled } from '../../state/picked';

/** How long a finger rests on a row to pick it, in milliseconds. */
const REST = 500;

/** Picking several rows of the list: with Ctrl (⌘ on a Mac) or Shift, by the pointer and by the keys; by a finger that rests, then by taps. */
export function picking(bosk: Bosk): (list: HTMLElement) => () => void {
  /** Where a range begins. */
  let anchor: SessionId | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The finger that is lifted next has picked already. */
  let rested = false;
  const ids = () => bosk.fleet.rows.map(({ id }) => id);
  const isMod = (event: MouseEvent | KeyboardEvent) =>
    bosk.store.platform === 'macos' ? event.metaKey : event.ctrlKey;
  const rowOf = ({ target }: Event) =>
    target instanceof Element ? target.closest<HTMLElement>('[data-session]') : null;

  function range(to: SessionId, more: boolean): void {
    const all = between(ids(), anchor ?? bosk.selected, to);
    bosk.picked = new Set(more ? [...bosk.picked, ...all] : all);
  }

  /** A press picks, so that a row which moves before the release was picked all the same. */
  function down(event: PointerEvent): void {
    const row = rowOf(event);
    const id = row?.dataset['session'];
    rested = false;
    if (!row || !id || event.button !== 0) return;
    if (event.pointerType === 'touch') return rest(id);
    if (!isMod(event) && !event.shiftKey) {
      anchor = id;
      if (bosk.picked.size > 0) bosk.picked = new Set();
      return;
    }
    event.stopPropagation();
    bosk.fleet.hold();
    row.focus({ preventScroll: true });
    if (event.shiftKey) return range(id, isMod(event));
    pick(id);
  }

  function rest(id: SessionId): void {
    lift();
    timer = setTimeout(() => {
      rested = true;
      pick(id);
    }, REST);
  }

  /** The finger has moved, or is gone. */
  const lift = () => clearTimeout(timer);

  function pick(id: SessionId): void {
    bosk.fleet.hold();
    anchor = id;
    bosk.picked = toggled(bosk.picked, id);
  }

  /** The press has done it already; a tap picks more where some are. */
  function click(event: MouseEvent): void {
    const id = rowOf(event)?.dataset['session'];
    const touched = event instanceof PointerEvent && event.pointerType === 'touch';
    if (id && touched && (rested || bosk.picked.size > 0)) {
      event.stopPropagation();
      if (!rested) pick(id);
    } else if (rowOf(event) && event.detail > 0 && (isMod(event) || event.shiftKey)) event.stopPropagation();
  }

  function key(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey) return;
    const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp';
    if (isMod(event) && !event.shiftKey && event.key.toLowerCase() === 'a') bosk.picked = new Set(ids());
    else if (event.shiftKey && !isMod(event) && isArrow) {
      if (bosk.picked.size === 0) anchor = bosk.selected;
      bosk.stepAlong(event.key === 'ArrowDown' ? 1 : -1);
      if (bosk.selected) range(bosk.selected, false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (list) => {
    // Before the rows hear of it.
    list.addEventListener('pointerdown', down, true);
    list.addEventListener('click', click, true);
    for (const name of ['pointermove', 'pointerup', 'pointercancel'] as const)
      list.addEventListener(name, lift);
    list.addEventListener('keydown', key, true);
    return () => {
      list.removeEventListener('pointerdown', down, true);
      list.removeEventListener('click', click, true);
      lift();
      list.removeEventListener('keydown', key, true);
    };
  };
}
