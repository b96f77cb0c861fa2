import { tick } from 'svelte';
import type { Blocks } from './blocks.svelte';
import { HEAD, viewOf } from './layout';
import { follow } from './placing';
import type { Reading } from './reading.svelte';
import type { Row } from './rows';

/** Drawn anew when the scroller has moved this far: pixels. */
const STEP = 100;

const find = (place: Element | null | undefined, name: 'path' | 'key', value: string) =>
  [...(place?.querySelectorAll<HTMLElement>(`[data-${name}]`) ?? [])].find(
    (one) => one.dataset[name] === value,
  );

/** Where the reader is in what is scrolled over: what is drawn there, and that it stays there whatever changes. */
export class Spot {
  scroller = $state<HTMLElement | undefined>();
  offset = $state(0);
  height = $state(600);
  /** Where it was put, so that it is told from where the reader went. */
  #put = -1;
  /** The rows of each file when they were drawn last. */
  readonly #drawn = new Map<string, readonly Row[]>();

  constructor(
    private readonly reading: Reading,
    private readonly blocks: Blocks,
  ) {}

  /** What is to be drawn. */
  readonly view = $derived.by(() =>
    viewOf(this.blocks.all, this.blocks.tops, this.blocks.heights, this.offset, this.height),
  );

  #section(path: string): HTMLElement | undefined {
    return find(this.scroller, 'path', path);
  }

  #rowIn(place: HTMLElement | undefined, key: string): HTMLElement | undefined {
    return find(place, 'key', key);
  }

  #top(element: HTMLElement): number {
    return element.getBoundingClientRect().top - (this.scroller?.getBoundingClientRect().top ?? 0);
  }

  /** The line that the keys are on, where it is drawn. */
  get cursor(): HTMLElement | undefined {
    const { picking } = this.reading;
    return picking ? this.#rowIn(this.#section(picking.path), picking.to) : undefined;
  }

  scrolled(): void {
    if (!this.scroller) return;
    this.offset = Math.round(this.scroller.scrollTop / STEP) * STEP;
    if (Math.abs(this.scroller.scrollTop - this.#put) > 1) this.remember();
    this.#put = -1;
  }

  /** Takes note of the line that the reader is at, or else of what stands at the top of the screen. */
  remember(): void {
    this.reading.anchor = null;
    const { picking } = this.reading;
    const { cursor } = this;
    const shown = cursor && this.#top(cursor);
    if (picking && shown && shown > HEAD && shown < this.height) {
      this.reading.current = picking.path;
      this.reading.anchor = { path: picking.path, key: picking.to, top: shown };
      return;
    }
    for (const place of this.scroller?.querySelectorAll<HTMLElement>('[data-path]') ?? []) {
      const path = place.dataset['path'] ?? '';
      const box = place.getBoundingClientRect();
      const below = (this.scroller?.getBoundingClientRect().top ?? 0) + HEAD;
      if (box.bottom <= below) continue;
      // What is drawn is not what is on screen any more: that comes next.
      if (box.top >= below + this.height) return;
      this.reading.current = path;
      this.reading.anchor = { path, key: null, top: this.#top(place) };
      if (box.top >= below - HEAD) return;
      for (const row of place.querySelectorAll<HTMLElement>('[data-key]')) {
        if (row.getBoundingClientRect().bottom <= below) continue;
        this.reading.anchor = { path, key: row.dataset['key'] ?? null, top: this.#top(row) };
        return;
      }
      return;
    }
  }

  /** What rows have become where a file was read anew: the reader and what is picked go along. */
  goAlong(): void {
    for (const { path } of this.view.parts) {
      const rows = this.blocks.of(path)?.rows ?? [];
      const before = this.#drawn.get(path);
      this.#drawn.set(path, rows);
      if (!before || before === rows) continue;
      const { anchor, picking } = this.reading;
      if (anchor?.path === path && anchor.key !== null) {
        anchor.key = follow(before, anchor.key, rows);
        if (anchor.key === null) anchor.top = 0;
      }
      if (picking?.path !== path) continue;
      const [from, to] = [picking.from, picking.to].map((key) => follow(before, key, rows));
      this.reading.picking = from && to ? { ...picking, from, to } : null;
    }
  }

  /** Where something would stand by what is known of heights: for what is not drawn. */
  #computed(path: string, key: string | null): number | null {
    const at = this.blocks.placeOf(path);
    const block = this.blocks.all[at];
    if (!block) return null;
    const start = this.blocks.tops[at] ?? 0;
    const row = key === null ? -1 : block.rows.findIndex((one) => one.key === key);
    return row < 0 ? start : start + HEAD + (this.blocks.heights.sums(block)[row] ?? 0);
  }

  #putAt(place: number): void {
    if (!this.scroller) return;
    this.scroller.scrollTop = Math.max(0, place);
    this.#put = this.scroller.scrollTop;
    this.offset = Math.round(this.#put / STEP) * STEP;
  }

  /** Puts the screen back to where the reader was. */
  hold(): void {
    const { anchor } = this.reading;
    if (!this.scroller) return;
    if (!anchor) return this.remember();
    const place = this.#section(anchor.path);
    const element = anchor.key === null ? place : (this.#rowIn(place, anchor.key) ?? undefined);
    if (element) {
      const moved = this.#top(element) - anchor.top;
      if (Math.abs(moved) >= 1) this.#putAt(this.scroller.scrollTop + moved);
      return;
    }
    const wanted = this.#computed(anchor.path, anchor.key);
    if (wanted === null) this.remember();
    else this.#putAt(wanted - anchor.top);
  }

  /** Takes in how high what is drawn has become. */
  measure(): void {
    let isNews = false;
    for (const { path, from } of this.view.parts) {
      const block = this.blocks.of(path);
      const elements = this.#section(path)?.querySelectorAll<HTMLElement>('[data-key]') ?? [];
      elements.forEach((element, at) => {
        const row = block?.rows[from + at];
        if (!block || !row || row.key !== element.dataset['key']) return;
        if (this.blocks.heights.measure(block, row, element.getBoundingClientRect().height)) isNews = true;
      });
    }
    if (isNews) this.blocks.measured += 1;
  }

  /** Brings a place on screen, and the focus there where that is wanted. */
  async go(path: string, key: string | null = null, focus = true): Promise<void> {
    const wanted = this.#computed(path, key);
    if (wanted === null || !this.scroller) return;
    this.reading.current = path;
    const shown = wanted - this.scroller.scrollTop;
    const room = key === null ? 0 : HEAD + 24;
    // A line that is on screen already is gone to without a jump.
    if (key === null || shown < room || shown > this.scroller.clientHeight - 40) {
      const low = key !== null && shown > room;
      const from = low ? Math.max(room, this.scroller.clientHeight - 80) : room;
      this.reading.anchor = { path, key, top: from };
      this.#putAt(wanted - from);
    }
    await tick();
    if (!this.scroller) return;
    this.hold();
    if (key !== null) this.remember();
    if (!focus) return;
    const place = this.#section(path);
    const element = key === null ? place?.querySelector<HTMLElement>('[data-head]') : this.#rowIn(place, key);
    (element ?? this.scroller).focus({ preventScroll: true });
  }
}
