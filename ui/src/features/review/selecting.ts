import type { Side } from '../../backend/types';
import type { Blocks } from './blocks.svelte';
import type { Reading } from './reading.svelte';

/** Picking lines by pointer: pressed on a number and drawn along, or with Shift from what is picked already. */
export function selecting(reading: Reading, blocks: Blocks) {
  return (scroller: HTMLElement) => {
    let drawing: { path: string; side: Side | null } | null = null;

    const at = (target: EventTarget | null) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('[data-line]') : null;
      const path = row?.closest<HTMLElement>('[data-path]')?.dataset['path'];
      const key = row?.dataset['key'];
      return path !== undefined && key !== undefined ? { path, key } : null;
    };

    function down(event: PointerEvent) {
      const { target } = event;
      const number = target instanceof Element ? target.closest<HTMLElement>('[data-side]') : null;
      const place = number ? at(number) : null;
      if (!place || event.button !== 0) return;
      // In a split view a side is picked, in a unified one what is there.
      const side = reading.choices.split ? (number?.dataset['side'] as Side) : null;
      const { picking } = reading;
      const isMore = event.shiftKey && picking?.path === place.path;
      reading.picking = {
        path: place.path,
        from: isMore ? picking.from : place.key,
        to: place.key,
        side: isMore ? picking.side : side,
      };
      drawing = { path: place.path, side };
      event.preventDefault();
      reading.go(place.path, place.key);
    }

    function move(event: PointerEvent) {
      if (!drawing || !reading.picking) return;
      // A finger keeps what it was put on as the target.
      const under =
        event.pointerType === 'touch' ? document.elementFromPoint(event.clientX, event.clientY) : null;
      const place = at(under ?? event.target);
      if (place?.path !== drawing.path || place.key === reading.picking.to) return;
      if (blocks.of(place.path)) reading.picking = { ...reading.picking, to: place.key };
    }

    const up = () => (drawing = null);
    scroller.addEventListener('pointerdown', down);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
    return () => {
      scroller.removeEventListener('pointerdown', down);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
    };
  };
}
