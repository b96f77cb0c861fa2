import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { speech, t } from '../i18n/index.svelte';
import { highlight } from './highlight';

/**
 * Turns Markdown that a model wrote into HTML that can do nothing by itself: no raw HTML, no image or other thing
 * that is fetched, no address behind a link (a click asks first). DOMPurify then checks the same once more.
 */

// Direction marks, and controls: a terminal would obey those.
const direction =
  // eslint-disable-next-line no-control-regex
  /[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const escapeHtml = MarkdownIt().utils.escapeHtml;

/** Escaped text in which marks that can make text read as what it is not show as numbers. */
function safe(text: string): string {
  return markDirection(escapeHtml(text));
}

function markDirection(html: string): string {
  return html.replace(direction, (mark) => {
    const code = mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `<span class="hidden-character">U+${code}</span>`;
  });
}

/** The only addresses that can be opened. */
export function mayOpen(url: string): boolean {
  return /^(https?:\/\/|mailto:)[^\s]/i.test(url);
}

function make() {
  const md = new MarkdownIt({ html: false, linkify: true, breaks: false });
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  md.validateLink = (url) => mayOpen(url.trim());
  const rules = md.renderer.rules;
  rules.text = (tokens, at) => safe(tokens[at]?.content ?? '');
  rules.code_inline = (tokens, at) => `<code>${safe(tokens[at]?.content ?? '')}</code>`;
  rules.image = (tokens, at) =>
    `<span class="withheld">${safe(t('image.withheld', { alt: tokens[at]?.content || t('image.unnamed') }))}</span>`;
  rules.link_open = (tokens, at) => {
    const href = String(tokens[at]?.attrGet('href') ?? '');
    return `<a role="link" tabindex="0" data-href="${escapeHtml(href)}">`;
  };
  rules.fence = (tokens, at) => block(tokens[at]?.content ?? '', tokens[at]?.info ?? '');
  rules.code_block = (tokens, at) => block(tokens[at]?.content ?? '', '');
  rules.table_open = () => '<div class="wide" tabindex="0"><table>';
  rules.table_close = () => '</table></div>';
  // A header cell that heads nothing is a plain cell to whoever has the page read out.
  md.core.ruler.push('empty_headers', ({ tokens }) => {
    for (const [at, token] of tokens.entries()) {
      const close = tokens[at + 2];
      if (token.type !== 'th_open' || tokens[at + 1]?.content.trim() !== '' || !close) continue;
      token.tag = close.tag = 'td';
    }
  });
  return md;
}

function block(code: string, info: string): string {
  const language = /^[\w+#.-]*/.exec(info.trim())?.[0] ?? '';
  const highlighted = language ? highlight(code, language.toLowerCase()) : null;
  const html = highlighted === null ? safe(code) : markDirection(highlighted);
  const copy = escapeHtml(t('code.copy'));
  return (
    `<div class="code"><div class="bar"><span>${escapeHtml(language)}</span>` +
    `<button type="button" data-copy="">${copy}</button></div>` +
    `<pre tabindex="0"><code>${html}</code></pre></div>`
  );
}

const purify = {
  ALLOWED_TAGS: (
    'a blockquote br button code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong ' +
    'table tbody td th thead tr ul'
  ).split(' '),
  ALLOWED_ATTR: ['class', 'data-copy', 'data-href', 'role', 'start', 'style', 'tabindex', 'type'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

// The only style that is left is the alignment of a table's cell.
DOMPurify.addHook('uponSanitizeAttribute', (_node, data) => {
  if (data.attrName === 'style' && !/^text-align:(left|right|center)$/.test(data.attrValue))
    data.keepAttr = false;
  if (data.attrName === 'data-href' && !mayOpen(data.attrValue)) data.keepAttr = false;
});

const md = make();
const done = new Map<string, string>();
const KEPT = 300;
/** Longer text is shown as it is. */
const LONGEST = 200_000;

/** `passing`: text that will be other text in a moment is not worth keeping. */
export function renderMarkdown(text: string, passing = false): string {
  if (text.length > LONGEST) return `<pre>${safe(text)}</pre>`;
  const key = speech.language + text;
  const known = done.get(key);
  if (known !== undefined) return known;
  const html = DOMPurify.sanitize(md.render(text), purify);
  if (passing) return html;
  done.set(key, html);
  if (done.size > KEPT) done.delete(done.keys().next().value ?? '');
  return html;
}

/**
 * Splits growing Markdown into blocks that no later text can change, and the tail that still grows.
 * A blank line ends a block, except inside a fence and before lines that belong to a list or are indented.
 */
export function settled(text: string): { blocks: string[]; tail: string } {
  const blocks: string[] = [];
  let fence: string | null = null;
  let start = 0;
  let blank = false;
  let list = false;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\n', at);
    if (end < 0) break;
    const line = text.slice(at, end);
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    const item = /^\s*([-*+]|\d{1,9}[.)])\s/.test(line);
    if (!fence && blank && line.trim() !== '' && !item && !/^\s/.test(line)) {
      blocks.push(text.slice(start, at));
      start = at;
      list = false;
    } else if (!fence && blank && item && !list) {
      blocks.push(text.slice(start, at));
      start = at;
    }
    if (!fence && item) list = true;
    if (mark && !fence) fence = mark;
    else if (mark && fence && mark.startsWith(fence) && line.trim() === mark) fence = null;
    blank = !fence && line.trim() === '';
    at = end + 1;
  }
  return { blocks, tail: text.slice(start) };
}
