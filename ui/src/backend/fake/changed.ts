import type { FakeFile } from './changes';

/** Made-up changes of a session: one of each kind, or very many. */

/** Two small pictures: a disc as it was, a diamond as it is. */
export const pictures = {
  old: 'iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAYAAADgdz34AAAAP0lEQVR42mNgGAWUAvn4/f8JYZoaTpYlpBhMlkU0tYASwwlaQg3D8VoyasGoBaMW0CEnD4/Cji71Ad1qtCEBAB4PqZt/5yDUAAAAAElFTkSuQmCC',
  new: 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAYCAYAAACbU/80AAAAZklEQVR42mNgGAUUAvEC+/8DajkMD6jldHcENsvp5gh8ltPcEcRYTjNHkGI51R1BjuVUcwQlllPsCGpYTrYjqGn5oHDE0EwDgyIXDIpyYFCUhIOiLhgUteGgaA8MihbRoGgTUgMAAJ4+hyHNYLdHAAAAAElFTkSuQmCC',
};

const redirect = (kept: string[], hash: string[]) =>
  [
    "import { login } from './login';",
    '',
    '/** Where to go after signing in. */',
    'export function returnUrl(location: Location): string {',
    ...kept,
    '}',
    '',
    ...Array.from({ length: 30 }, (_, at) => `export const step${String(at)} = ${String(at)};`),
    '',
    'export function isSafe(url: string): boolean {',
    ...hash,
    '}',
    '',
  ].join('\n');

const before = redirect(
  ['  const path = location.pathname;', '  return path;'],
  ["  return url.startsWith('/');"],
);
const staged = redirect(
  ['  const path = location.pathname;', '  return path + location.search;'],
  ["  return url.startsWith('/');"],
);
const after = redirect(
  [
    '  const path = location.pathname;',
    '  const { search, hash } = location;',
    '  return path + search + hash;',
  ],
  ['  // Two slashes lead to another host.', "  return url.startsWith('/') && !url.startsWith('//');"],
);

const text = (...lines: string[]) => `${lines.join('\n')}\n`;
const file = (path: string, change: Partial<FakeFile>): FakeFile => ({
  path,
  old_path: null,
  base: null,
  turn: null,
  head: null,
  index: null,
  work: null,
  ...change,
});
/** Changed, and nothing of it staged. */
const from = (old: string | null, work: string | null): Partial<FakeFile> => ({
  base: old,
  turn: old,
  head: old,
  index: old,
  work,
});

export function twelve(): FakeFile[] {
  const mail = text('# Mail', '', 'Sends what customers get.', '', 'See the templates.');
  const pricing = text('test("adds", () => {', '  expect(add(1, 2)).toBe(3);', '});');
  return [
    file('assets/banner.psd', { ...from('old', 'new'), binary: true, bytes: 8_400_000 }),
    file('assets/icons/cart.png', { ...from('old', 'new'), binary: true, picture: true, bytes: 68 }),
    file('data/rates.csv', { ...from('1\n', '2\n'), huge: true, bytes: 94_000_000 }),
    file('docs/mail.md', {
      ...from(mail, mail.replace('customers', 'everybody\u202E')),
      base: mail.replace('# Mail', '# Post'),
    }),
    file('package-lock.json', { ...from('{\n  "a": 1\n}\n', '{\n  "a": 2\n}\n'), generated: true }),
    file('src/auth/redirect.ts', { ...from(before, after), index: staged }),
    file(
      'src/auth/return-url.test.ts',
      from(
        null,
        text(
          'import { returnUrl } from "./redirect";',
          '',
          'test("keeps the query", () => {',
          '  expect(returnUrl(at("/a?b=1"))).toBe("/a?b=1");',
          '});',
        ),
      ),
    ),
    file('src/checkout/totals.ts', {
      ...from(
        text('export const tax = 0.19;'),
        text(
          '<<<<<<< ours',
          'export const tax = 0.2;',
          '=======',
          'export const tax = 0.21;',
          '>>>>>>> theirs',
        ),
      ),
      kind: 'conflicted',
    }),
    file(
      'src/legacy/client.ts',
      from(text(...Array.from({ length: 12 }, (_, at) => `old(${String(at)});`)), null),
    ),
    file('src/mail/layout.ts', {
      ...from(null, text('export const width = 600;', 'export const dark = true;')),
      index: text('export const width = 600;', 'export const dark = true;'),
    }),
    file('src/prices/sum.test.ts', {
      ...from(pricing, pricing.replace('toBe', 'toEqual')),
      old_path: 'tests/pricing.test.ts',
      index: pricing.replace('toBe', 'toEqual'),
    }),
    file('src/shop.css', from(text('.cart {', '\tcolor: red;', '}'), text('.cart {', '  color: red;', '}'))),
  ];
}

/** So many that a list of them has to be quick. */
export function very(many: number): FakeFile[] {
  const old = text('export const one = 1;', 'export const two = 2;');
  const work = text('export const one = 1;', 'export const two = 3;');
  return Array.from({ length: many }, (_, at) =>
    file(
      `packages/p${String(at % 40).padStart(2, '0')}/src/m${String(at % 7)}/file${String(at)}.ts`,
      from(old, work),
    ),
  ).sort((a, b) => (a.path < b.path ? -1 : 1));
}
