import { diffArrays } from 'diff';

/** Differences as lines, whatever they come from: git's unified text, the CLI's patch, or an edit not made yet. */

export interface DiffLine {
  kind: 'add' | 'remove' | 'same' | 'gap';
  text: string;
  /** The line's number before and after; absent where it is not there or not known. */
  before: number | null;
  after: number | null;
  /** The parts that differ from the line that it replaces, or that replaces it: from, to. */
  marks: [number, number][];
  /** It is the last one, and no line break follows it. */
  unended?: boolean;
  /** The line that it replaces, or that replaces it. */
  twin?: DiffLine;
}

interface RawHunk {
  oldStart: number;
  newStart: number;
  lines: string[];
}

/** Lines that stand together in a unified diff. */
export interface Hunk {
  oldStart: number;
  newStart: number;
  /** What git says of its place, such as the function that it is in. */
  heading: string;
  lines: DiffLine[];
}

/** The hunks of one file's unified diff. */
export function hunksOf(text: string): Hunk[] {
  const hunks: (RawHunk & { heading: string })[] = [];
  for (const line of text.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)/.exec(line);
    if (head)
      hunks.push({ oldStart: Number(head[1]), newStart: Number(head[2]), heading: head[3] ?? '', lines: [] });
    else if (line !== '' && !line.startsWith('diff --git ')) hunks.at(-1)?.lines.push(line);
  }
  return hunks.map((hunk) => ({ ...hunk, lines: linesOf(hunk) }));
}

/** Lines of a unified diff; the header of each file is left out. */
export function fromUnified(text: string): DiffLine[] {
  return together(hunksOf(text).map(({ lines }) => lines));
}

/** Lines of the CLI's `structuredPatch`, which comes unchecked. */
export function fromPatch(patch: unknown): DiffLine[] {
  if (!Array.isArray(patch)) return [];
  return together(
    patch.flatMap((hunk: Partial<RawHunk> | null) =>
      hunk && Array.isArray(hunk.lines)
        ? [
            linesOf({
              oldStart: hunk.oldStart ?? 1,
              newStart: hunk.newStart ?? 1,
              lines: hunk.lines.map(String),
            }),
          ]
        : [],
    ),
  );
}

/** The lines of all hunks, with what lies between told as a gap. */
function together(hunks: DiffLine[][]): DiffLine[] {
  return hunks.flatMap((lines, at) => (at > 0 ? [line('gap', '', null, null), ...lines] : lines));
}

function linesOf({ oldStart, newStart, lines: raw }: RawHunk): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = oldStart;
  let after = newStart;
  for (const one of raw) {
    const text = one.slice(1);
    const last = lines.at(-1);
    if (one.startsWith('+')) lines.push(line('add', text, null, after++));
    else if (one.startsWith('-')) lines.push(line('remove', text, before++, null));
    else if (!one.startsWith('\\')) lines.push(line('same', text, before++, after++));
    else if (last) last.unended = true;
  }
  return marked(lines);
}

/** Steps from one text to another beyond which they count as different altogether. */
const MOST_STEPS = 500;

const kindOf = ({ added, removed }: { added: boolean; removed: boolean }) =>
  added ? ('add' as const) : removed ? ('remove' as const) : ('same' as const);

/** Lines of an edit known only by its two texts. */
export function fromTexts(old: string, fresh: string): DiffLine[] {
  const split = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  const [before, after] = [split(old), split(fresh)];
  const parts = diffArrays(before, after, { maxEditLength: MOST_STEPS }) ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  return marked(parts.flatMap((part) => part.value.map((text) => line(kindOf(part), text, null, null))));
}

function line(kind: DiffLine['kind'], text: string, before: number | null, after: number | null): DiffLine {
  return { kind, text, before, after, marks: [] };
}

/** Lines that are compared with each other at most, to find which replaces which. */
const MOST_COMPARED = 400;

/** Finds the lines that replace others, in order, and marks what differs within them. */
function marked(lines: DiffLine[]): DiffLine[] {
  for (let at = 0; at < lines.length;) {
    const removed = run(lines, at, 'remove');
    const added = run(lines, at + removed, 'add');
    const gone = lines.slice(at, at + removed);
    const come = lines.slice(at + removed, at + removed + added);
    // As many as there were replace each other one by one; else each is replaced by the next that is like it.
    const isEven = removed === added || removed * added > MOST_COMPARED;
    let next = 0;
    for (const [place, old] of gone.entries()) {
      const wanted = isEven ? come.slice(place, place + 1) : come.slice(next);
      const found = wanted.findIndex((fresh) => markPair(old, fresh));
      if (found >= 0) next += found + 1;
    }
    at += Math.max(1, removed + added);
  }
  return lines;
}

function run(lines: DiffLine[], from: number, kind: DiffLine['kind']): number {
  let count = 0;
  while (lines[from + count]?.kind === kind) count += 1;
  return count;
}

/** Lines longer than this are not looked into. */
const LONGEST = 1000;
/** Words, spaces, and every other character by itself. */
const tokens = (text: string) => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

/** Whether one replaces the other; then what differs is marked. */
function markPair(old: DiffLine, fresh: DiffLine): boolean {
  if (old.text.length > LONGEST || fresh.text.length > LONGEST) return false;
  const parts = diffArrays(tokens(old.text), tokens(fresh.text), { maxEditLength: MOST_STEPS });
  if (!parts) return false;
  const gone: [number, number][] = [];
  const come: [number, number][] = [];
  let [before, after, shared] = [0, 0, 0];
  for (const { value, added, removed } of parts) {
    const { length } = value.join('');
    if (removed) gone.push([before, before + length]);
    else if (added) come.push([after, after + length]);
    else shared += value.join('').trim().length;
    if (!added) before += length;
    if (!removed) after += length;
  }
  // Lines that share little are two lines, not one that changed.
  if (shared * 2 < Math.min(old.text.trim().length, fresh.text.trim().length)) return false;
  old.marks = gone;
  fresh.marks = come;
  old.twin = fresh;
  fresh.twin = old;
  return true;
}

export function count(lines: DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter((line) => line.kind === 'add').length,
    removed: lines.filter((line) => line.kind === 'remove').length,
  };
}

/** A line's text, split where what differs begins and ends. */
export function pieces({ text, marks }: DiffLine): { text: string; mark: boolean }[] {
  let from = 0;
  const split = marks.flatMap(([start, end]) => {
    const parts = [
      { text: text.slice(from, start), mark: false },
      { text: text.slice(start, end), mark: true },
    ];
    from = end;
    return parts;
  });
  return [...split, { text: text.slice(from), mark: false }].filter((piece) => piece.text !== '');
}
