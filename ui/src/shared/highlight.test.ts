import { describe, expect, it } from 'vitest';
import { languageOf, tokensOf } from './highlight';

const told = (lines: string[], language: string) =>
  tokensOf(lines, language)?.map((tokens, at) =>
    tokens.map(({ from, to, kind }) => [lines[at]?.slice(from, to), kind.replace('hljs-', '')]),
  );

describe('the parts of lines', () => {
  it('are where they are in the text, whatever has to be escaped', () => {
    expect(told(['let a = "<b>&\'";', 'fn x() {}'], 'rust')).toEqual([
      [
        ['let', 'keyword'],
        ['a', 'variable'],
        ['"<b>&\'"', 'string'],
      ],
      [
        ['fn', 'keyword'],
        ['x', 'title function_'],
      ],
    ]);
  });

  it('go on over several lines', () => {
    expect(told(['/* one', 'two */ let x;'], 'typescript')).toEqual([
      [['/* one', 'comment']],
      [
        ['two */', 'comment'],
        ['let', 'keyword'],
      ],
    ]);
  });

  it('are known by the name of the file', () => {
    const names = ['src/a.rs', 'b.TSX', 'ui/App.svelte', 'Cargo.toml', 'x.unknown', 'Makefile'];
    expect(names.map(languageOf)).toEqual(['rs', 'tsx', 'svelte', 'toml', null, null]);
    expect(tokensOf(['x'], 'nonsense')).toBeNull();
  });
});
