import { describe, expect, it } from 'vitest';
import { count, fromPatch, fromTexts, fromUnified, pieces } from './diff';

describe('differences', () => {
  it('are read from git’s unified text', () => {
    const lines = fromUnified(
      'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,2 +3,3 @@ fn\n same\n-old line\n+new line\n+more\n\\ No newline at end of file\n@@ -20 +21 @@\n-gone',
    );
    expect(lines.map((line) => [line.kind, line.before, line.after])).toEqual([
      ['same', 3, 3],
      ['remove', 4, null],
      ['add', null, 4],
      ['add', null, 5],
      ['gap', null, null],
      ['remove', 20, null],
    ]);
    expect(count(lines)).toEqual({ added: 2, removed: 2 });
  });

  it('keeps lines that look like headers inside a hunk', () => {
    const lines = fromUnified('@@ -1,2 +1,2 @@\n--- a comment\n+++ another\n same');
    expect(lines.map((line) => line.text)).toEqual(['-- a comment', '++ another', 'same']);
  });

  it('mark what differs within a line', () => {
    const [old, fresh] = fromTexts('const a = 1;', 'const b = 1;');
    expect(old?.marks).toEqual([[6, 7]]);
    expect(fresh?.marks).toEqual([[6, 7]]);
    expect(fromTexts('one', 'something else')[0]?.marks).toEqual([]);
    const [call, changed] = fromTexts('fetch(url, retries);', 'await fetch(url, { retries: 3 });');
    const marks = (line: typeof call) =>
      line && pieces(line).map(({ text, mark }) => (mark ? `<${text}>` : text));
    expect(marks(call)?.join('')).toBe('fetch(url, retries);');
    expect(marks(changed)?.join('')).toBe('<await >fetch(url, <{ >retries<: 3 }>);');
  });

  it('mark lines one by one where more come than go', () => {
    const lines = fromTexts('const a = 1;', 'const a = 2;\nconst b = 3;');
    expect(lines.map((line) => line.marks)).toEqual([[[10, 11]], [[10, 11]], []]);
    const late = fromTexts('const a = 1;', '// b\nconst a = 2;');
    expect(late.map((line) => line.marks)).toEqual([[[10, 11]], [], [[10, 11]]]);
    expect(late[0]?.twin).toBe(late[2]);
  });

  it('tell common beginnings and ends once', () => {
    expect(fromTexts('a\nb\nc\n', 'a\nx\nc\n').map((line) => line.kind)).toEqual([
      'same',
      'remove',
      'add',
      'same',
    ]);
    expect(fromTexts('', 'a\nb').map((line) => line.kind)).toEqual(['add', 'add']);
    expect(fromTexts('a', 'a').map((line) => line.kind)).toEqual(['same']);
  });

  it.each([null, 'x', [null], [{ lines: 'no' }], [{}]])('take anything for a patch: %j', (patch) => {
    expect(fromPatch(patch)).toEqual([]);
  });
});
