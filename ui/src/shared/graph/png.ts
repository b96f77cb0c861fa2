import { Ink } from './ink';

/** Graphs as one picture. */

export interface Drawn {
  title: string;
  canvas: HTMLCanvasElement;
}

export interface Legend {
  label: string;
  colour: string;
  dash: readonly number[];
}

const EDGE = 16;
const LINE = 20;

/** The graphs one below the other with their titles, and what each line is; null where no picture can be made. */
export async function png(
  place: HTMLElement,
  graphs: readonly Drawn[],
  legend: readonly Legend[],
): Promise<Uint8Array | null> {
  const ratio = devicePixelRatio;
  const ink = new Ink(place);
  const width = Math.max(320, ...graphs.map(({ canvas }) => canvas.width / ratio)) + 2 * EDGE;
  const { fontFamily } = getComputedStyle(place);
  const canvas = document.createElement('canvas');
  const brush = canvas.getContext('2d');
  if (!brush) return null;
  brush.font = `12px ${fontFamily}`;
  const rows = arrange(legend, width - 2 * EDGE, (text) => brush.measureText(text).width);
  const graphsHeight = graphs.reduce((sum, one) => sum + LINE + one.canvas.height / ratio + EDGE, 0);
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil((EDGE + graphsHeight + rows.length * LINE + EDGE) * ratio);
  brush.scale(ratio, ratio);
  brush.fillStyle = ink.of('var(--surface)');
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.textBaseline = 'middle';

  let top = EDGE;
  for (const one of graphs) {
    brush.font = `600 12px ${fontFamily}`;
    brush.fillStyle = ink.of('var(--text)');
    brush.fillText(one.title, EDGE, top + LINE / 2);
    top += LINE;
    brush.drawImage(one.canvas, EDGE, top, one.canvas.width / ratio, one.canvas.height / ratio);
    top += one.canvas.height / ratio + EDGE;
  }
  brush.font = `12px ${fontFamily}`;
  for (const row of rows) {
    for (const { left, one } of row) {
      brush.strokeStyle = ink.of(one.colour);
      brush.lineWidth = 3;
      brush.setLineDash([...one.dash]);
      brush.beginPath();
      brush.moveTo(EDGE + left, top + LINE / 2);
      brush.lineTo(EDGE + left + 14, top + LINE / 2);
      brush.stroke();
      brush.fillStyle = ink.of('var(--text)');
      brush.fillText(one.label, EDGE + left + 20, top + LINE / 2);
    }
    top += LINE;
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  return blob && new Uint8Array(await blob.arrayBuffer());
}

/** The lines' names in rows as wide as the picture. */
function arrange(legend: readonly Legend[], width: number, measure: (text: string) => number) {
  const rows: { left: number; one: Legend }[][] = [];
  let left = Infinity;
  for (const one of legend) {
    const needed = 20 + measure(one.label) + 18;
    if (left + needed > width) {
      rows.push([]);
      left = 0;
    }
    rows.at(-1)?.push({ left, one });
    left += needed;
  }
  return rows;
}
