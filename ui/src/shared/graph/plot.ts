import type uPlot from 'uplot';
import { number } from '../format';
import { faded, type Ink } from './ink';
import { markAt, type Mark } from './marks';
import type { Lines } from './picture';
import { axisWidth, columns, trace, whole } from './trace';
import { ceiling, inUnit, steps, timeText, type Unit } from './units';

type Maker = typeof uPlot;

export interface Picture {
  lines: Lines;
  colours: string[];
  dashes: number[][];
  unit: Unit;
  limit: number | null;
  marks: readonly Mark[];
  /** Each point stands for a stretch of time as long as a step, and is drawn as wide. */
  columns: boolean;
}

export interface Listener {
  /** The point under the pointer, and how far from the left it is. */
  hover: (index: number | null, left: number) => void;
  /** A stretch was dragged over, in seconds since 1970. Absent: there is nothing to drag. */
  range?: ((from: number, to: number) => void) | undefined;
}

const LINE = 1.25;
const DAYS = [1, 2, 3, 5, 7, 10, 14, 30, 60].map((days) => days * 86_400);
/** The room for marks below the axis, and how thick they are. */
const MARKS = { gap: 3, height: 4 };

/** A graph on a canvas. New figures are put into it; it is never made anew for them. */
export class Plot {
  readonly #plot: uPlot;
  #lit: Mark | null = null;

  constructor(
    maker: Maker,
    private readonly place: HTMLElement,
    private readonly ink: Ink,
    private picture: Picture,
    private readonly listener: Listener,
    height: number,
  ) {
    this.#plot = new maker(this.#options(height), this.#data(), place);
  }

  show(picture: Picture): void {
    this.picture = picture;
    this.#plot.setData(this.#data());
  }

  /** As many lines as it was made for. */
  fits(picture: Picture): boolean {
    return picture.lines.layers.length === this.picture.lines.layers.length;
  }

  resize(height: number): void {
    const width = this.place.clientWidth;
    if (width === this.#plot.width && height === this.#plot.height) return;
    if (width > 0) this.#plot.setSize({ width, height });
  }

  /** The colours are others now. */
  recolour(): void {
    this.ink.forget();
    this.#plot.redraw(false, false);
  }

  /** The mark at a place on the page, where there is one. */
  markUnder(x: number, y: number): Mark | null {
    const area = this.#plot.over.getBoundingClientRect();
    const near = y >= area.bottom - 3 && y <= area.bottom + MARKS.gap + MARKS.height + 6;
    const time = this.#plot.posToVal(x - area.left, 'x');
    const reach = this.#plot.posToVal(5, 'x') - this.#plot.posToVal(0, 'x');
    const mark = near ? markAt(this.picture.marks, time, reach, this.#end()) : null;
    if (mark !== this.#lit) {
      this.#lit = mark;
      this.#plot.redraw(false, false);
    }
    return mark;
  }

  /** Goes a point further, as with arrow keys. */
  step(by: number): void {
    const { at } = this.picture.lines;
    const from = this.#plot.cursor.idx ?? (by > 0 ? -1 : at.length);
    const to = at[Math.min(at.length - 1, Math.max(0, from + by))];
    if (to !== undefined) this.#plot.setCursor({ left: this.#plot.valToPos(to, 'x'), top: 0 });
  }

  leave(): void {
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #data(): uPlot.AlignedData {
    const { at, layers } = this.picture.lines;
    return [at, ...layers.map(({ upper }) => upper)];
  }

  #end(): number {
    return this.picture.lines.at.at(-1) ?? 0;
  }

  #options(height: number): uPlot.Options {
    const { fontFamily, fontSize } = getComputedStyle(this.place);
    const font = `${fontSize} ${fontFamily}`;
    const letter = parseFloat(fontSize) || 12;
    const muted = () => this.ink.of('var(--text-muted)');
    const hairline = () => this.ink.of('var(--border)');
    const { range } = this.listener;
    return {
      width: this.place.clientWidth || 300,
      height,
      padding: [Math.ceil(letter / 2), 8, 0, 0],
      legend: { show: false },
      scales: {
        x: { range: () => this.#span() },
        y: {
          range: (_plot, _least, most: number | null) => [
            0,
            ceiling(this.picture.unit, most ?? 0, this.picture.limit),
          ],
        },
      },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: range !== undefined, y: false, setScale: false },
      },
      axes: [
        {
          font,
          stroke: muted,
          size: letter + 14,
          gap: MARKS.gap + MARKS.height + 1,
          space: letter * 7,
          ticks: { show: false },
          grid: { show: false },
          border: { show: true, stroke: hairline, width: 1 },
          ...(this.picture.columns ? { incrs: DAYS } : {}),
          values: (plot, splits, _axis, _space, step) =>
            splits.map((at) => whole(plot, at, timeText(at, step), letter)),
        },
        {
          font,
          stroke: muted,
          size: (plot, values: string[] | null) => axisWidth(plot, font, values ?? []),
          gap: 6,
          space: letter * 2,
          incrs: () => steps(this.picture.unit),
          ticks: { show: false },
          grid: { stroke: hairline, width: 1 },
          values: (_plot, splits) =>
            splits.map((value) => (value === 0 ? number(0) : inUnit(this.picture.unit, value))),
        },
      ],
      series: [{}, ...this.picture.lines.layers.map((_, index) => this.#series(index))],
      hooks: {
        draw: [(plot) => this.#drawMore(plot)],
        setCursor: [(plot) => this.listener.hover(plot.cursor.idx ?? null, this.#left(plot))],
        setSelect: [(plot) => this.#selected(plot)],
      },
    };
  }

  #series(index: number): uPlot.Series {
    const colour = () => this.ink.of(this.picture.colours[index] ?? 'var(--series-1)');
    return {
      width: this.picture.columns ? 0 : LINE,
      stroke: colour,
      fill: () => (this.picture.columns ? colour() : faded(colour(), 0.1)),
      dash: this.picture.dashes[index] ?? [],
      points: { show: false },
      paths: (plot) => (this.picture.columns ? columns : trace)(plot, this.picture.lines, index),
    };
  }

  /** The whole of what there is, from edge to edge. */
  #span(): [number, number] {
    const { at, step } = this.picture.lines;
    const edge = this.picture.columns ? step / 2 : 0;
    const to = (at.at(-1) ?? Date.now() / 1000) + edge;
    const from = (at[0] ?? to) - edge;
    return from < to ? [from, to] : [to - 60, to];
  }

  #drawMore(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const { limit, marks } = this.picture;
    ctx.save();
    if (limit !== null && limit <= (plot.scales['y']?.max ?? 0)) {
      const top = Math.round(plot.valToPos(limit, 'y', true)) + 0.5;
      ctx.strokeStyle = this.ink.of('var(--text-soft)');
      ctx.lineWidth = ratio;
      ctx.setLineDash([5 * ratio, 4 * ratio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, top);
      ctx.lineTo(bbox.left + bbox.width, top);
      ctx.stroke();
    }
    const edges: [number, number] = [bbox.left, bbox.left + bbox.width];
    for (const mark of marks) {
      const from = Math.max(edges[0], plot.valToPos(mark.from, 'x', true));
      const to = Math.min(edges[1], plot.valToPos(mark.to ?? this.#end(), 'x', true));
      if (to < edges[0] || from > edges[1]) continue;
      ctx.fillStyle = this.ink.of(mark === this.#lit ? 'var(--text)' : 'var(--border-strong)');
      const top = bbox.top + bbox.height + MARKS.gap * ratio;
      ctx.fillRect(from, top, Math.max(2 * ratio, to - from - ratio), MARKS.height * ratio);
    }
    ctx.restore();
  }

  #left(plot: uPlot): number {
    return plot.over.offsetLeft + (plot.cursor.left ?? 0);
  }

  #selected(plot: uPlot): void {
    const { left, width: wide } = plot.select;
    if (wide < 4) return;
    const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + wide, 'x')];
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.listener.range?.(from, to);
  }
}
