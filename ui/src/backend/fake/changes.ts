import { diffArrays, structuredPatch } from 'diff';
import type { Against, ChangeKind, LineAt, Staged } from '../types';

/** One made-up file, in each of the states that it can be compared with; none where it is not there. */
export interface FakeFile {
  path: string;
  old_path: string | null;
  /** Where the session started. */
  base: string | null;
  /** Before the last message. */
  turn: string | null;
  head: string | null;
  index: string | null;
  work: string | null;
  kind?: ChangeKind;
  binary?: boolean;
  huge?: boolean;
  generated?: boolean;
  picture?: boolean;
  bytes?: number;
}

export function sides(file: FakeFile, against: Against): [string | null, string | null] {
  switch (against) {
    case 'base':
      return [file.base, file.work];
    case 'last_turn':
      return [file.turn, file.work];
    case 'uncommitted':
      return [file.head, file.work];
    case 'unstaged':
      return [file.index, file.work];
    case 'staged':
      return [file.head, file.index];
  }
}

export function kindOf(file: FakeFile, from: string | null, to: string | null): ChangeKind {
  if (file.kind) return file.kind;
  if (from === null) return file.index === null ? 'untracked' : 'added';
  if (to === null) return 'deleted';
  return file.old_path ? 'renamed' : 'modified';
}

export function stagedOf({ head, index, work }: FakeFile): Staged {
  if (index === head) return 'none';
  return index === work ? 'all' : 'part';
}

const lines = (text: string | null) => (text === null || text === '' ? [] : text.split('\n'));

const counted = new Map<string, { added: number; removed: number }>();

/** Lines that come and go. The same two texts are compared once. */
export function count(from: string | null, to: string | null): { added: number; removed: number } {
  const key = `${from ?? '-'}\0${to ?? '-'}`;
  let found = counted.get(key);
  if (!found) {
    found = { added: 0, removed: 0 };
    const told = (text: string | null) => lines(text?.replace(/\n$/, '') ?? null);
    for (const { value, added, removed } of diffArrays(told(from), told(to))) {
      if (added) found.added += value.length;
      if (removed) found.removed += value.length;
    }
    counted.set(key, found);
  }
  return found;
}

/** As git prints it. */
export function unified(
  path: string,
  from: string | null,
  to: string | null,
  context: number,
  ignoreSpace: boolean,
): string {
  const plain = (text: string) => (ignoreSpace ? text.replace(/[ \t]+/g, ' ').replace(/ $/gm, '') : text);
  const { hunks } = structuredPatch(path, path, plain(from ?? ''), plain(to ?? ''), '', '', {
    context: Math.min(context, 100_000),
  });
  const head = [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`];
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: inside }) => [
    `@@ -${String(oldStart)},${String(oldLines)} +${String(newStart)},${String(newLines)} @@`,
    ...inside,
  ]);
  return [...head, ...body, ''].join('\n');
}

/** The older text with only these of the changes made, or all but these. */
export function pick(
  from: string | null,
  to: string | null,
  picked: readonly LineAt[],
  isOut: boolean,
): string {
  const wanted = new Set(picked.map(({ side, line }) => `${side} ${String(line)}`));
  const made: string[] = [];
  let [before, after] = [0, 0];
  for (const { value, added, removed } of diffArrays(lines(from), lines(to)))
    for (const text of value) {
      if (!added) before += 1;
      if (!removed) after += 1;
      const takes = wanted.has(removed ? `old ${String(before)}` : `new ${String(after)}`) !== isOut;
      if ((added && takes) || (removed && !takes) || (!added && !removed)) made.push(text);
    }
  return made.join('\n');
}

/** Stands for a content. */
export function stamp(...texts: (string | null)[]): string {
  let hash = 5381;
  for (const text of texts)
    for (const character of `${text ?? '-'}\0`) hash = (hash * 33 + (character.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(16);
}
