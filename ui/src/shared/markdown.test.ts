import { describe, expect, it } from 'vitest';
import { hostile } from './hostile';
import { mayOpen, renderMarkdown, settled } from './markdown';

function rendered(text: string): HTMLElement {
  const place = document.createElement('div');
  place.innerHTML = renderMarkdown(text);
  return place;
}

const allowed = new Set(
  'A BLOCKQUOTE BR BUTTON CODE DEL DIV EM H1 H2 H3 H4 H5 H6 HR LI OL P PRE S SPAN STRONG TABLE TBODY TD TH THEAD TR UL'.split(
    ' ',
  ),
);
const attributes = new Set(['class', 'data-copy', 'data-href', 'role', 'start', 'style', 'tabindex', 'type']);

describe('hostile Markdown', () => {
  it('is a corpus worth the name', () => {
    expect(new Set(hostile).size).toBeGreaterThan(100);
  });

  it.each(hostile)('can do nothing: %s', (text) => {
    for (const element of rendered(text).querySelectorAll('*')) {
      expect(allowed).toContain(element.tagName);
      for (const { name, value } of element.attributes) {
        expect(attributes).toContain(name);
        if (name === 'data-href') expect(mayOpen(value), value).toBe(true);
        if (name === 'style') expect(value).toMatch(/^text-align:(left|right|center)$/);
        if (name === 'type') expect(value).toBe('button');
      }
    }
  });

  it('never holds an address that the page would follow or load', () => {
    const html = hostile.map((text) => renderMarkdown(text)).join('');
    const place = document.createElement('div');
    place.innerHTML = html;
    expect(
      place.querySelector('[href],[src],[srcset],[action],[poster],[background],[formaction]'),
    ).toBeNull();
  });

  it('shows what turns the direction of text', () => {
    for (const text of [
      'safe\u202etxt.exe',
      '`a\u2066b`',
      '```js\nif (a) { // \u2067\n```',
      '```\n\u200f\n```',
    ]) {
      expect(rendered(text).querySelector('.hidden-character')?.textContent).toMatch(/^U\+20/);
    }
  });
});

describe('Markdown', () => {
  it('reads a header cell that heads nothing as a plain cell', () => {
    const table = rendered('| a | |\n|---|---|\n| 1 | 2 |');
    expect([...table.querySelectorAll('tr:first-child > *')].map(({ tagName }) => tagName)).toEqual([
      'TH',
      'TD',
      'TD',
      'TD',
    ]);
  });

  it('gives links no address of their own, only one to ask about', () => {
    const link = rendered('[a](https://a.example/?q=1&r=2)').querySelector('a');
    expect(link?.hasAttribute('href')).toBe(false);
    expect(link?.getAttribute('data-href')).toBe('https://a.example/?q=1&r=2');
    expect(rendered('see https://a.example/x.').querySelector('a')?.getAttribute('data-href')).toBe(
      'https://a.example/x',
    );
    expect(rendered('mail <me@a.example>').querySelector('a')?.getAttribute('data-href')).toBe(
      'mailto:me@a.example',
    );
    expect(rendered('not a link: a.example').querySelector('a')).toBeNull();
  });

  it('says what image it did not load', () => {
    expect(rendered('![a chart](https://a.example/c.png)').textContent).toContain('a chart');
  });

  it('colours code that it knows, and keeps what it does not', () => {
    expect(rendered('```rust\nfn main() {}\n```').querySelector('.hljs-keyword')?.textContent).toBe('fn');
    expect(rendered('```nonsense\na < b\n```').querySelector('code')?.textContent).toBe('a < b\n');
  });

  it('aligns the cells of tables', () => {
    expect(rendered('|a|\n|-:|\n|1|').querySelector('td')?.getAttribute('style')).toBe('text-align:right');
  });

  it('takes text of any length', () => {
    expect(rendered('# '.repeat(150_000)).querySelector('pre')).not.toBeNull();
  });
});

describe('growing Markdown', () => {
  const long = 'One.\n\nTwo *and*\nmore.\n\n```js\nlet a;\n\nlet b;\n```\n\n- x\n\n- y\n\n  z\n\nLast\n';

  it('splits where nothing later can change what came before', () => {
    const { blocks, tail } = settled(long);
    expect(blocks).toEqual([
      'One.\n\n',
      'Two *and*\nmore.\n\n',
      '```js\nlet a;\n\nlet b;\n```\n\n',
      '- x\n\n- y\n\n  z\n\n',
    ]);
    expect(tail).toBe('Last\n');
  });

  it('only ever adds blocks while text is added', () => {
    let before: string[] = [];
    for (let length = 0; length <= long.length; length += 1) {
      const { blocks, tail } = settled(long.slice(0, length));
      expect(blocks.join('') + tail).toBe(long.slice(0, length));
      expect(blocks.slice(0, before.length)).toEqual(before);
      before = blocks;
    }
  });
});
