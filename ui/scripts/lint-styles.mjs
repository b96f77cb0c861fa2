// Finds colour literals outside of styles/tokens.css, and variables that no style declares.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../src', import.meta.url));
const tokens = join(root, 'styles', 'tokens.css');

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(css|svelte)$/.test(name))
  .map((name) => join(root, name));

/** The style of a file, with everything else blanked so that line numbers hold. */
function styleOf(file) {
  const text = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, (note) => note.replace(/[^\n]/g, ' '));
  if (file.endsWith('.css')) return text;
  const blank = (part) => part.replace(/[^\n]/g, ' ');
  const start = text.search(/^<style/m);
  const inline = blank(text).split('\n');
  // Inline `style:` directives and attributes count as well.
  text.split('\n').forEach((line, at) => {
    if (/style(:|=)/.test(line)) inline[at] = line;
  });
  const head = inline.join('\n');
  return start < 0 ? head : head.slice(0, start) + text.slice(start);
}

const names =
  'black|silver|gray|grey|white|maroon|red|purple|fuchsia|green|lime|olive|yellow|navy|blue|teal|aqua|orange|pink|brown|gold|violet|indigo|crimson';
const literal = new RegExp(
  `#[0-9a-f]{3,8}\\b|\\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\\(|:[^;{]*(?<![\\w-])(?:${names})(?![\\w-])`,
  'i',
);

const declared = new Set();
for (const file of files) {
  for (const match of styleOf(file).matchAll(/(?:^|[;{\s])(--[\w-]+)\s*:/g)) declared.add(match[1]);
}

const faults = [];
for (const file of files) {
  styleOf(file)
    .split('\n')
    .forEach((line, at) => {
      const where = `${relative(root, file)}:${at + 1}`;
      const declaration = /^\s*[\w-]+\s*:.*;|style/.test(line);
      if (file !== tokens && declaration && literal.test(line.replace(/var\([^)]*\)/g, ''))) {
        faults.push(`${where}: a colour literal; use a meaning from tokens.css: ${line.trim()}`);
      }
      for (const match of line.matchAll(/var\((--[\w-]+)/g)) {
        if (!declared.has(match[1])) faults.push(`${where}: ${match[1]} is declared nowhere`);
      }
    });
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${files.length} styles: no colour literal, no undeclared variable`);
