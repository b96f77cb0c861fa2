/** Differences as lines, whatever they come from: git's unified text, the CLI's patch, or an edit not made yet. */

export interface DiffLine {
  kind: 'add' | 'remove' | 'same' | 'gap';
  text: string;
  /** The line's number before and after; absent where it is not there or not known. */
  before: number | null;
  after: number | null;
  /** The part that differs from the line it replaces: from, to. */
  mark: [number, number] | null;
}

interface Hunk {
  oldStart: number;
  newStart: number;
  lines: string[];
}

/** Lines of a unified diff; the header of each file is left out. */
export function fromUnified(text: string): DiffLine[] {
  const hunks: Hunk[] = [];
  for (const line of text.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head) hunks.push({ oldStart: Number(head[1]), newStart: Number(head[2]), lines: [] });
    else if (line !== '' && !line.startsWith('diff --git ')) hunks.at(-1)?.lines.push(line);
  }
  return fromHunks(hunks);
}

/** Lines of the CLI's `structuredPatch`, which comes unchecked. */
export function fromPatch(patch: unknown): DiffLine[] {
  if (!Array.isArray(patch)) return [];
  return fromHunks(
    patch.flatMap((hunk: Partial<Hunk> | null) =>
      hunk && Array.isArray(hunk.lines)
        ? [{ oldStart: hunk.oldStart ?? 1, newStart: hunk.newStart ?? 1, lines: hunk.lines.map(String) }]
        : [],
    ),
  );
}

function fromHunks(hunks: Hunk[]): DiffLine[] {
  const lines: DiffLine[] = [];
  for (const hunk of hunks) {
    if (lines.length > 0) lines.push({ kind: 'gap', text: '', before: null, after: null, mark: null });
    let before = hunk.oldStart;
    let after = hunk.newStart;
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'add', text, before: null, after: after++, mark: null });
      else if (line.startsWith('-'))
        lines.push({ kind: 'remove', text, before: before++, after: null, mark: null });
      else if (!line.startsWith('\\')) {
        lines.push({ kind: 'same', text, before: before++, after: after++, mark: null });
      }
    }
  }
  return marked(lines);
}

/** Lines of an edit known only by its two texts; what both begin and end with is told once. */
export function fromTexts(old: string, fresh: string): DiffLine[] {
  const before = old === '' ? [] : old.replace(/\n$/, '').split('\n');
  const after = fresh === '' ? [] : fresh.replace(/\n$/, '').split('\n');
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  const line = (kind: DiffLine['kind']) => (text: string) => ({
    kind,
    text,
    before: null,
    after: null,
    mark: null,
  });
  return marked([
    ...before.slice(0, head).map(line('same')),
    ...before.slice(head, before.length - tail).map(line('remove')),
    ...after.slice(head, after.length - tail).map(line('add')),
    ...before.slice(before.length - tail).map(line('same')),
  ]);
}

/** Marks what differs within lines that replace as many lines. */
function marked(lines: DiffLine[]): DiffLine[] {
  for (let at = 0; at < lines.length;) {
    const removed = run(lines, at, 'remove');
    const added = run(lines, at + removed, 'add');
    if (removed > 0 && removed === added) {
      for (let pair = 0; pair < removed; pair += 1) {
        const old = lines[at + pair];
        const fresh = lines[at + removed + pair];
        if (old && fresh) markPair(old, fresh);
      }
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

function markPair(old: DiffLine, fresh: DiffLine): void {
  const shorter = Math.min(old.text.length, fresh.text.length);
  let head = 0;
  while (head < shorter && old.text[head] === fresh.text[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.text.at(-1 - tail) === fresh.text.at(-1 - tail)) tail += 1;
  // Lines that share little are two lines, not one that changed.
  if ((head + tail) * 2 < shorter) return;
  if (old.text.length > head + tail) old.mark = [head, old.text.length - tail];
  if (fresh.text.length > head + tail) fresh.mark = [head, fresh.text.length - tail];
}

export function count(lines: DiffLine[]): { added: number; removed: number } {
  return {
    added: lines.filter((line) => line.kind === 'add').length,
    removed: lines.filter((line) => line.kind === 'remove').length,
  };
}
