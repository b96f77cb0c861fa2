import { describe, expect, it } from 'vitest';
import type { Comment, ReviewFile } from '../../backend/types';
import { piecesOf } from './code';
import { at, HEAD, Heights, topsOf, viewOf, type Block } from './layout';
import { aboutOf, changedIn, changedOf, rowsOf } from './picking';
import { follow, place } from './placing';
import { lineRows, withComments, type Row } from './rows';
import { step, stepFile, stepHunk } from './steps';
import { branches, inOrder } from './tree';

const text = `diff --git a/x.ts b/x.ts
--- a/x.ts
+++ b/x.ts
@@ -3,4 +3,5 @@ fn main
 one
-const a = 1;
-gone
+// new
+const a = 2;
+/* begun
 two
@@ -20,2 +21,2 @@
-last
\\ No newline at end of file
+the last
 end
`;
const unified = lineRows(text, false, false);
const sides = (rows: readonly Row[]) =>
  rows.flatMap((row) => (row.kind === 'line' ? [[row.left?.text ?? null, row.right?.text ?? null]] : []));
const keys = (rows: readonly Row[]) => rows.map(({ key }) => key);

describe('the rows of a difference', () => {
  it('are one line each, or those beside each other that replace each other', () => {
    expect(keys(unified)).toEqual([
      '@3:3',
      '3:3',
      '4:',
      '5:',
      ':4',
      ':5',
      ':6',
      '6:7',
      '@20:21',
      '20:',
      ':21',
      '21:22',
      'end',
    ]);
    expect(sides(lineRows(text, true, true))).toEqual([
      ['one', 'one'],
      [null, '// new'],
      ['const a = 1;', 'const a = 2;'],
      ['gone', '/* begun'],
      ['two', 'two'],
      ['last', 'the last'],
      ['end', 'end'],
    ]);
    const hunks = unified.flatMap((row) => (row.kind === 'hunk' ? [[row.out, row.hunk.heading]] : []));
    expect(hunks).toEqual([
      [2, 'fn main'],
      [13, ''],
    ]);
    const last = unified.find(({ key }) => key === '20:');
    expect(last?.kind === 'line' && last.left?.unended).toBe(true);
    expect(lineRows('', false, false)).toEqual([]);
    expect(lineRows('diff --cc x\n@@@ -1,1 -1,1 +1,2 @@@\n', false, false)).toEqual([]);
  });

  it('are cut where colours and marks begin and end, and nowhere lose a letter', () => {
    const row = unified.find(({ key }) => key === ':5');
    if (row?.kind !== 'line' || !row.right) throw new Error('no such line');
    const pieces = piecesOf(row.hunk, row.right, 'ts');
    expect(pieces.map((piece) => piece.text).join('')).toBe('const a = 2;');
    expect(pieces.find(({ mark }) => mark)).toEqual({ text: '2', kind: 'hljs-number', mark: true });
    const after = unified.find(({ key }) => key === '6:7');
    // What was begun on the line before is still open; on the other side it never was.
    if (after?.kind !== 'line' || !after.right || !after.left) throw new Error('no such line');
    expect(piecesOf(after.hunk, after.right, 'ts')[0]?.kind).toBe('hljs-comment');
    expect(piecesOf(row.hunk, { ...row.right, text: 'x'.repeat(2000), marks: [] }, 'ts')).toHaveLength(1);
  });
});

describe('picked lines', () => {
  const picking = (from: string, to: string, side: 'old' | 'new' | null = null) => ({
    path: 'x',
    from,
    to,
    side,
  });

  it('are those from one to the other, however they were drawn', () => {
    const rows = rowsOf(unified, picking(':5', '4:'));
    expect(keys(rows)).toEqual(['4:', '5:', ':4', ':5']);
    expect(changedIn(rows, null)).toEqual([
      { side: 'old', line: 4 },
      { side: 'old', line: 5 },
      { side: 'new', line: 4 },
      { side: 'new', line: 5 },
    ]);
    expect(changedIn(rows, 'new')).toHaveLength(2);
    expect(rowsOf(unified, picking('nowhere', '4:'))).toEqual([]);
    const hunk = unified[8];
    expect(hunk?.kind === 'hunk' && changedOf(unified, hunk.hunk)).toEqual([
      { side: 'old', line: 20 },
      { side: 'new', line: 21 },
    ]);
  });

  it('are commented on as they are now; as they were only where nothing else is picked', () => {
    const about = (from: string, to: string) => aboutOf(rowsOf(unified, picking(from, to)), null);
    expect(about('4:', '5:')).toEqual({ side: 'old', from: 4, to: 5, code: 'const a = 1;\ngone' });
    expect(about('5:', ':5')).toEqual({ side: 'new', from: 4, to: 5, code: '// new\nconst a = 2;' });
    expect(aboutOf([], null)).toBeNull();
  });
});

const comment = (change: Partial<Comment>): Comment => ({
  id: 'c',
  path: 'x',
  side: 'new',
  from: 5,
  to: 5,
  code: 'const a = 2;',
  text: 'Why?',
  state: 'draft',
  at: 0,
  ...change,
});

describe('a comment', () => {
  it('stands under its lines, also where those have moved; and first where they are not shown', () => {
    expect(place(unified, comment({}))).toEqual({ under: ':5', how: 'here', from: 5, to: 5 });
    expect(place(unified, comment({ from: 2, to: 2 }))).toEqual({ under: ':5', how: 'here', from: 5, to: 5 });
    expect(place(unified, comment({ code: 'other' })).how).toBe('outdated');
    expect(place(unified, comment({ from: 90, to: 91, code: 'a\nb' }))).toMatchObject({
      under: null,
      how: 'away',
    });
    const rows = withComments(
      unified,
      [comment({}), comment({ id: 'd', from: 90, to: 90, code: 'z' })],
      null,
    );
    expect(keys(rows)[0]).toBe('c d');
    expect(keys(rows)[keys(rows).indexOf(':5') + 1]).toBe('c c');
    expect(
      withComments(unified, [comment({})], comment({ text: 'more' })).filter(
        ({ kind }) => kind === 'writing' || kind === 'comment',
      ),
    ).toHaveLength(1);
  });
});

describe('the reader', () => {
  it('stays at a line that has moved, by what it says and what stands around it', () => {
    const moved = lineRows(text.replace('@@ -3,4 +3,5 @@', '@@ -3,4 +6,5 @@'), false, false);
    expect(follow(unified, ':5', moved)).toBe(':8');
    expect(follow(unified, '6:7', moved)).toBe('6:10');
    const same = lineRows('@@ -1,3 +1,6 @@\n a\n }\n+b\n+}\n c\n }\n', false, false);
    expect(follow(same, '3:5', lineRows('@@ -1,3 +2,6 @@\n a\n }\n+b\n+}\n c\n }\n', false, false))).toBe(
      '3:6',
    );
    const gone = lineRows('@@ -3,2 +3,2 @@\n one\n-x\n+y\n', false, false);
    expect(follow(unified, ':5', gone)).not.toBeNull();
    expect(follow(unified, 'nowhere', gone)).toBeNull();
  });

  it('goes from line to line, change to change, file to file', () => {
    const block = (path: string, rows: readonly Row[]): Block => ({ path, rows });
    const blocks = [block('a', unified), block('b', []), block('c', unified)];
    expect(step(blocks, { path: 'a', key: null }, 1)).toEqual({ path: 'a', key: '3:3' });
    expect(step(blocks, { path: 'a', key: '3:3' }, -1)).toEqual({ path: 'a', key: null });
    expect(step(blocks, { path: 'a', key: '21:22' }, 1)).toEqual({ path: 'b', key: null });
    expect(step(blocks, { path: 'b', key: null }, -1)).toEqual({ path: 'a', key: '21:22' });
    expect(step(blocks, { path: 'c', key: '21:22' }, 1)).toBeNull();
    expect(stepHunk(blocks, { path: 'a', key: null }, 1)).toEqual({ path: 'a', key: '3:3' });
    expect(stepHunk(blocks, { path: 'a', key: '4:' }, 1)).toEqual({ path: 'a', key: '20:' });
    expect(stepHunk(blocks, { path: 'a', key: '20:' }, 1)).toEqual({ path: 'c', key: '3:3' });
    expect(stepHunk(blocks, { path: 'c', key: ':21' }, -1)).toEqual({ path: 'c', key: '3:3' });
    expect(stepHunk(blocks, { path: 'c', key: '3:3' }, -1)).toEqual({ path: 'a', key: '20:' });
    expect([stepFile(blocks, null, 1), stepFile(blocks, 'a', 1), stepFile(blocks, 'a', -1)]).toEqual([
      'a',
      'b',
      null,
    ]);
  });
});

describe('what is drawn', () => {
  it('is what is near, and the room of all the rest', () => {
    const heights = new Heights();
    const many: Row[] = Array.from({ length: 1000 }, (_, n) => ({ kind: 'body', key: String(n) }));
    heights.body = () => 20;
    const blocks: Block[] = ['a', 'b', 'c'].map((path) => ({ path, rows: path === 'b' ? [] : [...many] }));
    const tops = topsOf(blocks, heights);
    expect([...tops]).toEqual([0, 20_036, 20_072, 40_108]);
    const view = viewOf(blocks, tops, heights, 10_000, 600);
    expect(view).toMatchObject({ before: 0, after: 20_072 });
    expect(view.parts).toHaveLength(1);
    const [part] = view.parts;
    expect([part?.from, part?.to]).toEqual([473, 554]);
    expect((part?.before ?? 0) + ((part?.to ?? 0) - (part?.from ?? 0)) * 20 + (part?.after ?? 0)).toBe(
      20_000,
    );
    expect(viewOf(blocks, tops, heights, 19_900, 600).parts.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    const [first] = blocks;
    if (!first) throw new Error('none');
    expect(heights.measure(first, many[0] as Row, 50)).toBe(true);
    expect(heights.measure(first, many[0] as Row, 50)).toBe(false);
    expect(topsOf(blocks, heights)[1]).toBe(HEAD + 20_030);
    expect(viewOf([], topsOf([], heights), heights, 0, 600)).toEqual({ parts: [], before: 0, after: 0 });
    expect([at(tops, 0), at(tops, 20_036), at(tops, 1e9)]).toEqual([0, 1, 2]);
  });
});

describe('the tree', () => {
  const file = (path: string) => ({ path }) as ReviewFile;
  const files = ['a/b/c/one.ts', 'a/b/c/two.ts', 'a/b/d.ts', 'z.ts', 'q/r/s.ts'].map(file);

  it('has folders that hold nothing else in one line, and says how many files are in each', () => {
    const told = branches(files, new Set()).map((line) => [
      line.depth,
      line.name,
      line.kind === 'folder' ? line.files : null,
    ]);
    expect(told).toEqual([
      [0, 'a/b', 3],
      [1, 'c', 2],
      [2, 'one.ts', null],
      [2, 'two.ts', null],
      [1, 'd.ts', null],
      [0, 'q/r', 1],
      [1, 's.ts', null],
      [0, 'z.ts', null],
    ]);
    expect(branches(files, new Set(['a/b/'])).map(({ path }) => path)).toEqual([
      'a/b/',
      'q/r/',
      'q/r/s.ts',
      'z.ts',
    ]);
    expect(inOrder(files).at(-1)?.path).toBe('z.ts');
  });
});
