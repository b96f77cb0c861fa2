/** Makes visible what hides in text: direction marks, zero-width and control characters. */

export interface Piece {
  text: string;
  /** Set for a character that can't be seen: its number, such as U+202E. */
  code: string | null;
}

// Controls (except tab and newline), soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul fillers,
// Khmer inherent vowels, Mongolian separators, zero-width and direction marks, word joiners, deprecated formats,
// variation selectors 1–14 and the supplement, interlinear marks, noncharacters, tags.
const hidden =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFE00-\uFE0D\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]/gu;

export function isHidden(text: string): boolean {
  return text.search(hidden) >= 0;
}

/** Splits text so that each hidden character stands alone. */
export function reveal(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), code: null });
    const code = match[0].codePointAt(0) ?? 0;
    pieces.push({ text: match[0], code: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), code: null });
  return pieces;
}

/** Text for JSON in which each hidden character is written out, so that it can be seen and changed. */
export function escapeHidden(json: string): string {
  return json.replace(hidden, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
