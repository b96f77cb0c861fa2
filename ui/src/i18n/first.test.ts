import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { first } from './en/first';

const root = join(process.cwd(), 'src');

function find(from: string, name: string): string | undefined {
  const path = join(dirname(from), name);
  return ['', '.ts', '.svelte.ts', '/index.ts'].map((end) => path + end).find((one) => isFile(one));
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();

/** All modules that are read before the first picture, with their text. */
function needed(file: string, known = new Map<string, string>()): Map<string, string> {
  if (known.has(file)) return known;
  const text = readFileSync(file, 'utf8');
  known.set(file, text);
  const imports = /^\s*(?:import|export)\s(?!type)(?:[^;']*?\sfrom\s)?'(\.[^']+)'/gm;
  for (const [, name = ''] of text.matchAll(imports)) {
    const next = find(file, name);
    if (next) needed(next, known);
  }
  return known;
}

describe('the first picture', () => {
  const modules = [...needed(join(root, 'main.ts'))].filter(([file]) => !file.includes('/i18n/'));

  it('is drawn from what it needs', () => {
    const names = modules.map(([file]) => file);
    expect(names.some((file) => file.endsWith('FleetRow.svelte'))).toBe(true);
    for (const late of [
      'deeds.ts',
      'tasks.ts',
      'picked.ts',
      'bulk.svelte.ts',
      'drag.svelte.ts',
      'Session.svelte',
      'Inbox.svelte',
    ])
      expect(names.filter((file) => file.endsWith(`/${late}`))).toEqual([]);
  });

  it('says nothing that is not in its own catalogue', () => {
    const known = Object.keys(first);
    const missing = modules.flatMap(([, text]) =>
      [...text.matchAll(/\b(?:t|plural)\(\s*['`]([^'`$]+)/g)].flatMap(([, key = '']) =>
        known.some((one) => one === key || one === `${key}.other` || (/\.$/.test(key) && one.startsWith(key)))
          ? []
          : [key],
      ),
    );
    expect(missing).toEqual([]);
  });
});
