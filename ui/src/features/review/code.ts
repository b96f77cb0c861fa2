import type { DiffLine, Hunk } from '../../shared/diff';
import { tokensOf, type Token } from '../../shared/highlight';

/** The colours of code in a diff: each side is read as code of its own, so that what spans lines is known as such. */

export interface Piece {
  text: string;
  /** By the names of highlight.js; none for plain text. */
  kind: string | null;
  mark: boolean;
}

/** Lines that are read together: more would hold up scrolling. */
const TOGETHER = 200;
/** Code with longer lines was not written by hand: characters. */
const LONGEST = 1000;

const known = new WeakMap<DiffLine, Token[]>();
const none: Token[] = [];

function tokens(hunk: Hunk, line: DiffLine, language: string | null): Token[] {
  if (!language || line.text.length > LONGEST) return none;
  const found = known.get(line);
  if (found) return found;
  const other = line.kind === 'remove' ? 'add' : 'remove';
  const side = hunk.lines.filter(({ kind }) => kind !== other);
  const start = Math.floor(side.indexOf(line) / TOGETHER) * TOGETHER;
  const part = side.slice(start, start + TOGETHER);
  const isReadable = part.every(({ text }) => text.length <= LONGEST);
  const read = isReadable
    ? tokensOf(
        part.map(({ text }) => text),
        language,
      )
    : null;
  part.forEach((one, at) => {
    if (!known.has(one) || one === line) known.set(one, read?.[at] ?? none);
  });
  return known.get(line) ?? none;
}

/** A line's text in pieces, each of one colour and marked as a whole or not at all. */
export function piecesOf(hunk: Hunk, line: DiffLine, language: string | null): Piece[] {
  const { text, marks } = line;
  const parts = tokens(hunk, line, language);
  const cuts = new Set([0, text.length]);
  for (const [from, to] of marks) cuts.add(from).add(to);
  for (const { from, to } of parts) cuts.add(from).add(to);
  const places = [...cuts].filter((at) => at <= text.length).sort((a, b) => a - b);
  let token = 0;
  let mark = 0;
  return places.slice(0, -1).map((from, at) => {
    while ((parts[token]?.to ?? Infinity) <= from) token += 1;
    while ((marks[mark]?.[1] ?? Infinity) <= from) mark += 1;
    return {
      text: text.slice(from, places[at + 1]),
      kind: (parts[token]?.from ?? Infinity) <= from ? (parts[token]?.kind ?? null) : null,
      mark: (marks[mark]?.[0] ?? Infinity) <= from,
    };
  });
}
