import type uPlot from 'uplot';
import type { Lines } from './picture';

/** The runs of points that belong together: where each begins, and its last point. */
export function runs(upper: readonly (number | null)[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  let start = -1;
  upper.forEach((value, index) => {
    if (value === null) start = -1;
    else if (start < 0) found.push([(start = index), index]);
    else {
      const run = found.at(-1);
      if (run) run[1] = index;
    }
  });
  return found;
}

/** A line, and the area from it down to what it stands upon. */
export function trace(plot: uPlot, { at, layers }: Lines, index: number): uPlot.Series.Paths {
  const stroke = new Path2D();
  const fill = new Path2D();
  const { upper = [], lower = [] } = layers[index] ?? {};
  const x = (point: number) => plot.valToPos(at[point] ?? 0, 'x', true);
  const y = (value: number | null | undefined) => plot.valToPos(value ?? 0, 'y', true);
  for (const [from, to] of runs(upper)) {
    const first = [x(from), y(upper[from])] as const;
    // One point alone is seen as well.
    stroke.moveTo(from === to ? first[0] - 1 : first[0], first[1]);
    if (from === to) stroke.lineTo(first[0] + 1, first[1]);
    fill.moveTo(...first);
    for (let point = from + 1; point <= to; point += 1) {
      const [left, top] = [x(point), y(upper[point])];
      stroke.lineTo(left, top);
      fill.lineTo(left, top);
    }
    for (let point = to; point >= from; point -= 1) fill.lineTo(x(point), y(lower[point]));
    fill.closePath();
  }
  return { stroke, fill, clip: null, band: null, flags: 0 };
}

/** Columns as wide as most of a step, each from what it stands upon. */
export function columns(plot: uPlot, { at, layers, step }: Lines, index: number): uPlot.Series.Paths {
  const fill = new Path2D();
  const { upper = [], lower = [] } = layers[index] ?? {};
  const x = (seconds: number) => plot.valToPos(seconds, 'x', true);
  const y = (value: number) => plot.valToPos(value, 'y', true);
  const width = Math.max(1, (x(step) - x(0)) * 0.72);
  upper.forEach((value, point) => {
    const below = lower[point] ?? 0;
    if (value === null || value <= below) return;
    fill.rect(x(at[point] ?? 0) - width / 2, y(value), width, y(below) - y(value));
  });
  return { stroke: null, fill, clip: null, band: null, flags: 0 };
}

/** The room that an axis needs for its figures. */
export function axisWidth(plot: uPlot, font: string, values: readonly string[]): number {
  plot.ctx.save();
  // The canvas counts in the screen's own pixels; the text does not have to.
  plot.ctx.font = font;
  const widest = Math.max(0, ...values.map((value) => plot.ctx.measureText(value).width));
  plot.ctx.restore();
  return Math.ceil(widest) + 8;
}

/** A time below the axis, unless the edge of the canvas would cut it. */
export function whole(plot: uPlot, at: number, text: string, letter: number): string | null {
  const half = (text.length * letter * 0.6) / 2;
  const middle = plot.bbox.left / devicePixelRatio + plot.valToPos(at, 'x');
  return middle >= half && middle + half <= plot.width ? text : null;
}
