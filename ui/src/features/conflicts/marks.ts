/** Git's marks in a file in conflict: where each place is, and what it becomes. Knows no editor. */

export interface Block {
  /** Offsets of the whole place, its marks with it. */
  from: number;
  to: number;
  /** The line on which it begins, from one. */
  line: number;
  ours: string;
  theirs: string;
  /** Offsets of the lines of each side. */
  oursAt: [number, number];
  theirsAt: [number, number];
}

export type Take = 'ours' | 'theirs' | 'both';

/** A mark is seven signs at a line's beginning, with nothing or a name behind. */
const mark = (line: string): '<' | '|' | '=' | '>' | null => {
  const sign = /^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n?$/.exec(line)?.[1]?.[0];
  return (sign as '<' | '|' | '=' | '>' | undefined) ?? null;
};

/** All places in a text, in order. What is begun and not ended is none. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let at = 0;
  let line = 0;
  let open: { from: number; line: number; ours: [number, number]; theirs: number | null } | null = null;
  let inBase = false;
  for (const content of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    line += 1;
    const end = at + content.length;
    const sign = mark(content);
    if (sign === '<') {
      open = { from: at, line, ours: [end, end], theirs: null };
      inBase = false;
    } else if (open && sign === '|' && open.theirs === null && !inBase) {
      open.ours[1] = at;
      inBase = true;
    } else if (open && sign === '=' && open.theirs === null) {
      if (!inBase) open.ours[1] = at;
      open.theirs = end;
    } else if (open && sign === '>' && open.theirs !== null) {
      const [oursFrom, oursTo] = open.ours;
      found.push({
        from: open.from,
        to: end,
        line: open.line,
        ours: text.slice(oursFrom, oursTo),
        theirs: text.slice(open.theirs, at),
        oursAt: [oursFrom, oursTo],
        theirsAt: [open.theirs, at],
      });
      open = null;
    }
    at = end;
  }
  return found;
}

/** What a place becomes. */
export function taken({ ours, theirs }: Block, take: Take): string {
  return take === 'ours' ? ours : take === 'theirs' ? theirs : ours + theirs;
}

/** Whether a line with a mark is left, also one that belongs to no whole place. */
export const hasMarks = (text: string) => text.split('\n').some((line) => /^(<{7}|>{7})( |\r?$)/.test(line));
