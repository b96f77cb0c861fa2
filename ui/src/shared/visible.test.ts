import { describe, expect, it } from 'vitest';
import { escapeHidden, isHidden, reveal } from './visible';

describe('hidden characters', () => {
  it.each([
    '\u202e',
    '\u2066',
    '\u200b',
    '\u00ad',
    '\ufeff',
    '\u0007',
    '\u001b',
    '\u009b',
    '\u3164',
    '\u2028',
    '\u{e0041}',
    '\r',
  ])('show as numbers: %j', (character) => {
    expect(isHidden(`a${character}b`)).toBe(true);
    const pieces = reveal(`a${character}b`);
    expect(pieces.map((piece) => piece.code !== null)).toEqual([false, true, false]);
  });

  it('leave everything else alone', () => {
    const text = 'rm -rf ./build\n\t# 한국어, déjà vu, 日本語 👍';
    expect(isHidden(text)).toBe(false);
    expect(reveal(text)).toEqual([{ text, code: null }]);
  });

  it('are written out in JSON, which says the same', () => {
    const value = { path: 'a\u202Eb\u200b', tag: '\u{e0041}', text: '한국어\n' };
    const json = escapeHidden(JSON.stringify(value));
    expect(isHidden(json)).toBe(false);
    expect(json).toContain('\\u202e');
    expect(JSON.parse(json)).toEqual(value);
  });

  it('lose nothing', () => {
    const text = '\u202eab\u200bc\u2069';
    expect(
      reveal(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });
});
