import type { BatchSource } from '../types';
import { no } from './world';

/** What a text or a table comes to, roughly as the real one reads it. */
export function promptsIn(source: BatchSource): string[] {
  switch (source.kind) {
    case 'prompts':
      return prompts(source.text);
    case 'table':
      return rows(source.text).map((row) => fill(source.template, row));
    case 'file': {
      if (!/\.(csv|json)$/.test(source.path)) return ['Say hello', 'Say goodbye'];
      const { template } = source;
      if (!template)
        throw no('invalid_input', 'A table needs a prompt.', 'Write one, with its columns in braces.');
      return ['a.ts', 'b.ts'].map((file) => fill(template, { file }));
    }
  }
}

function prompts(text: string): string[] {
  const isBlocks = /^\s*-{3,}\s*$/m.test(text);
  return text
    .split(isBlocks ? /^\s*-{3,}\s*$/m : '\n')
    .map((one) => one.trim())
    .filter(Boolean);
}

function rows(text: string): Record<string, string>[] {
  if (/^\s*\[/.test(text)) {
    try {
      return JSON.parse(text) as Record<string, string>[];
    } catch {
      throw no(
        'invalid_input',
        'The table is no JSON that can be read.',
        'Look for a missing comma or quote.',
      );
    }
  }
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim());
  const by = head.includes('\t') ? '\t' : ',';
  const names = head.split(by).map((name) => name.trim());
  return lines.map((line) =>
    Object.fromEntries(line.split(by).map((value, at) => [names[at] ?? '', value.trim()])),
  );
}

function fill(template: string, row: Record<string, string>): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => row[name] ?? whole);
}
