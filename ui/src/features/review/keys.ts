import type { Deed, Side } from '../../backend/types';
import type { Blocks } from './blocks.svelte';
import { aboutOf, changedIn, rowsOf } from './picking';
import type { Reading } from './reading.svelte';
import { on } from './rows';
import { step, stepFile, stepHunk, type Place } from './steps';

/** What the keys do in a review: wherever the focus is in it, but for where one writes. */

const isText = (target: EventTarget | null) =>
  target instanceof HTMLElement && ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);

export function keys(reading: Reading, blocks: Blocks) {
  const here = (): Place | null => {
    const { picking } = reading;
    const path = picking?.path ?? reading.current;
    return path === null ? null : { path, key: picking?.to ?? null };
  };

  function go(place: Place | null, isMore = false): void {
    if (!place) return;
    const { picking } = reading;
    if (place.key === null) reading.picking = null;
    else if (isMore && picking?.path === place.path) reading.picking = { ...picking, to: place.key };
    else {
      const side = reading.choices.split ? sideOf(place, picking?.side ?? 'new') : null;
      reading.picking = { path: place.path, from: place.key, to: place.key, side };
    }
    reading.changed.delete(place.path);
    reading.go(place.path, place.key);
  }

  /** The side that was looked at, where there is something on it. */
  function sideOf({ path, key }: Place, wanted: Side): Side {
    const row = blocks.of(path)?.rows.find((one) => one.key === key);
    if (row?.kind !== 'line' || on(row, wanted)) return wanted;
    return wanted === 'new' ? 'old' : 'new';
  }

  function toFile(by: 1 | -1): void {
    const path = stepFile(blocks.all, reading.current, by);
    if (path !== null) go({ path, key: null });
  }

  function view(): void {
    const path = reading.current;
    const file = path === null ? null : reading.file(path);
    if (!file) return;
    const next = file.viewed ? null : (stepFile(blocks.all, file.path, 1) ?? file.path);
    void reading.view(file, !file.viewed);
    if (next !== null) go({ path: next, key: null });
  }

  const picked = () => {
    const { picking } = reading;
    const block = picking && blocks.of(picking.path);
    return picking && block ? { picking, rows: rowsOf(block.rows, picking) } : null;
  };

  /** Whether there was something to comment on. */
  function comment(): boolean {
    const found = picked();
    const about = found && aboutOf(found.rows, found.picking.side);
    if (found && about) reading.comments.begin({ ...about, path: found.picking.path });
    return found !== null;
  }

  /** With the picked lines; without any, with the file whose head or line in the tree has the focus. */
  function run(deed: Deed, target?: EventTarget | null): void {
    const found = picked();
    const place = target instanceof Element ? target.closest<HTMLElement>('[data-head], [data-file]') : null;
    const path = found?.picking.path ?? place?.dataset['file'] ?? (place ? reading.current : null);
    const file = path === null ? null : reading.file(path);
    if (!file) return;
    const { deeds } = reading;
    if (!found) {
      if (deeds.forFile(file).includes(deed)) void deeds.run(deed, file, null);
    } else if (deeds.forLines(file).includes(deed))
      void deeds.run(deed, file, changedIn(found.rows, found.picking.side));
  }

  function arrow(event: KeyboardEvent, by: 1 | -1): void {
    const place = here();
    if (!place) toFile(1);
    else if (event.altKey) go(stepHunk(blocks.all, place, by));
    else go(step(blocks.all, place, by), event.shiftKey);
  }

  function across(side: Side): boolean {
    const { picking } = reading;
    if (!picking || !reading.choices.split) return false;
    reading.picking = { ...picking, side };
    return true;
  }

  const plain: Record<string, (event: KeyboardEvent) => unknown> = {
    ArrowDown: (event) => arrow(event, 1),
    ArrowUp: (event) => arrow(event, -1),
    ArrowLeft: () => across('old'),
    ArrowRight: () => across('new'),
    n: () => toFile(1),
    p: () => toFile(-1),
    x: view,
    c: comment,
    s: ({ target }) => run('stage', target),
    u: ({ target }) => run('unstage', target),
    Delete: ({ target }) => run('revert', target),
    Backspace: ({ target }) => run('revert', target),
    Escape: () => {
      if (!reading.picking) return false;
      go({ path: reading.picking.path, key: null });
      return true;
    },
  };

  function press(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || isText(event.target)) return;
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key.toLowerCase() === 'z' && !event.shiftKey) {
      const [last] = reading.deeds.undos;
      if (!last) return;
      void reading.deeds.undo(last.id);
      event.preventDefault();
      return;
    }
    if (mod || plain[event.key]?.(event) === false || !plain[event.key]) return;
    event.preventDefault();
  }

  return { press, comment, run, picked };
}

export type Keys = ReturnType<typeof keys>;
