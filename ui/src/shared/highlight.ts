import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const languages = {
  bash,
  c,
  css,
  diff,
  go,
  ini,
  java,
  javascript,
  json,
  python,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
hljs.registerAliases(['svelte', 'vue', 'html', 'svg'], { languageName: 'xml' });
hljs.registerAliases(['shell', 'console', 'zsh'], { languageName: 'bash' });

/** Longer code is shown plainly: colouring it would hold up the window. */
const LONGEST = 50_000;

/** Code as HTML with `hljs-` classes, escaped; or nothing where the language is not known. */
export function highlight(code: string, language: string): string | null {
  if (code.length > LONGEST || !hljs.getLanguage(language)) return null;
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

/** A part of a line: from, to, and what it is by the names of highlight.js. */
export interface Token {
  from: number;
  to: number;
  kind: string;
}

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
};

/**
 * The parts of lines that follow each other, so that what spans several of them is known as such; or nothing where
 * the language is not known. They are figures, not HTML: nothing of the text is ever markup.
 */
export function tokensOf(lines: readonly string[], language: string): Token[][] | null {
  const html = highlight(lines.join('\n'), language);
  if (html === null) return null;
  const found: Token[][] = [[]];
  const open: string[] = [];
  let at = 0;
  for (const [piece] of html.matchAll(/<span class="[^"]*">|<\/span>|&[#\w]+;|\n|[^<&\n]+/g)) {
    if (piece.startsWith('<span')) open.push(piece.slice(13, -2));
    else if (piece === '</span>') open.pop();
    else if (piece === '\n') {
      found.push([]);
      at = 0;
    } else {
      const { length } = entities[piece] ?? piece;
      const kind = open.at(-1);
      const last = found.at(-1);
      const before = last?.at(-1);
      if (kind && before?.to === at && before.kind === kind) before.to += length;
      else if (kind) last?.push({ from: at, to: at + length, kind });
      at += length;
    }
  }
  return found;
}

/** What a file is written in, by its name: as highlight.js calls it. */
export function languageOf(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const end = name.slice(name.lastIndexOf('.') + 1);
  const language = { cc: 'c', cpp: 'c', hpp: 'c', mjs: 'js', lock: 'ini' }[end] ?? end;
  return hljs.getLanguage(language) ? language : null;
}
