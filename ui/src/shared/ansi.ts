/** Terminal output as styled pieces. Only SGR (colours and weights) is understood; every other sequence is dropped. */

export interface Style {
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
  /** 0–7, of the eight colours. */
  colour: number | null;
}

export interface Span {
  text: string;
  style: Style;
}

const plain: Style = {
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  colour: null,
};

// One alternative for each family of sequences, ended or cut off: CSI, strings (OSC, DCS, SOS, PM, APC), two-character ones, C1.
const sequence =
  // eslint-disable-next-line no-control-regex
  /(?:\u001B\[|\u009B)([0-?]*)[ -/]*([@-~]|$)|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C|$)?|\u001B[ -/]*[0-~]?|[\u0080-\u009F]/g;
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001A\u001C-\u001F\u007F]/g;

/** A colour of 256 or of 24 bits, as the nearest of the eight: the palette's contrast holds for those only. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  const least = most / 2 + 1;
  return (red >= least ? 1 : 0) + (green >= least ? 2 : 0) + (blue >= least ? 4 : 0);
}

function of256(index: number): number {
  if (index < 16) return index % 8;
  if (index >= 232) return index < 244 ? 0 : 7;
  const cube = index - 16;
  return nearest(Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6);
}

function restyle(style: Style, codes: string): Style {
  let next = { ...style };
  const list = codes.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let at = 0; at < list.length; at += 1) {
    const code = list[at] ?? 0;
    if (code === 0) next = { ...plain };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code === 27) next.inverse = false;
    else if (code >= 30 && code <= 37) next.colour = code - 30;
    else if (code >= 90 && code <= 97) next.colour = code - 90;
    else if (code === 39) next.colour = null;
    else if (code === 38 || code === 48) {
      const colour =
        list[at + 1] === 5
          ? of256(list[at + 2] ?? 0)
          : nearest(list[at + 2] ?? 0, list[at + 3] ?? 0, list[at + 4] ?? 0);
      if (code === 38) next.colour = colour;
      at += list[at + 1] === 5 ? 2 : 4;
    }
  }
  return next;
}

/** What is left on a line after carriage returns: progress bars show their last state. */
function settle(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const kept = line.replace(/\r+$/, '');
      return kept.slice(kept.lastIndexOf('\r') + 1);
    })
    .join('\n');
}

export function ansi(text: string): Span[] {
  const spans: Span[] = [];
  let style = plain;
  let from = 0;
  const push = (piece: string) => {
    const clean = piece.replace(control, '');
    if (clean) spans.push({ text: clean, style });
  };
  const settled = settle(text);
  for (const match of settled.matchAll(sequence)) {
    push(settled.slice(from, match.index));
    if (match[2] === 'm' && /^[\d;:]*$/.test(match[1] ?? '')) style = restyle(style, match[1] ?? '');
    from = match.index + match[0].length;
  }
  push(settled.slice(from));
  return spans;
}
