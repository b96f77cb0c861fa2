import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');
const declared = new Map(
  [...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value] as const),
);

function colour(name: string, theme: 0 | 1): string {
  const value = declared.get(name) ?? '';
  const reference = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  if (reference) return colour(reference, theme);
  const pair = /^light-dark\((.+?), (.+)\)$/.exec(value);
  const chosen = pair ? pair[theme + 1] : value;
  if (!chosen || !/^#[0-9a-f]{6}$/.test(chosen)) throw new Error(`${name} is no colour: ${value}`);
  return chosen;
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = [
  '--surface',
  '--surface-sunken',
  '--surface-raised',
  '--surface-hover',
  '--surface-selected',
];
const texts = ['--text', '--text-soft', '--text-muted'];
const coloured = [
  '--accent',
  '--danger',
  '--state-needs-you',
  '--state-done',
  '--state-failed',
  '--diff-add',
  '--diff-remove',
];
const syntax = ['keyword', 'string', 'number', 'name', 'comment'].map((name) => `--syntax-${name}`);
const terminal = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].map(
  (name) => `--terminal-${name}`,
);
const series = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `--series-${String(number)}`);

const pairs: [string, string, number][] = [
  ...surfaces.flatMap((surface) => texts.map((text): [string, string, number] => [text, surface, 4.5])),
  ...surfaces.flatMap((surface) => coloured.map((text): [string, string, number] => [text, surface, 4.5])),
  ...syntax.map((text): [string, string, number] => [text, '--surface-code', 4.5]),
  ...['--diff-add-soft', '--diff-remove-soft', '--accent-soft', '--surface'].flatMap((surface) =>
    syntax.map((text): [string, string, number] => [text, surface, 4.5]),
  ),
  ['--diff-add', '--accent-soft', 4.5],
  ['--diff-remove', '--accent-soft', 4.5],
  ['--text-muted', '--accent-soft', 4.5],
  ['--text-muted', '--state-needs-you-soft', 4.5],
  ...terminal.map((text): [string, string, number] => [text, '--terminal', 4.5]),
  ['--text', '--diff-add-soft', 4.5],
  ['--text', '--diff-remove-soft', 4.5],
  ['--text', '--diff-add-mark', 4.5],
  ['--text', '--diff-remove-mark', 4.5],
  ['--text-soft', '--diff-add-soft', 4.5],
  ['--text-soft', '--diff-remove-soft', 4.5],
  ['--diff-add', '--diff-add-soft', 4.5],
  ['--diff-remove', '--diff-remove-soft', 4.5],
  ['--text', '--state-needs-you-soft', 4.5],
  ['--text-muted', '--state-needs-you-soft', 4.5],
  ['--text', '--state-failed-soft', 4.5],
  ['--text', '--found-mark', 4.5],
  ['--danger', '--danger-soft', 4.5],
  ['--text', '--accent-soft', 4.5],
  ['--on-solid', '--accent-solid', 4.5],
  ['--on-solid', '--danger-solid', 4.5],
  ...surfaces.flatMap((surface): [string, string, number][] => [
    ['--border-strong', surface, 3],
    ['--focus', surface, 3],
    ['--state-queued', surface, 3],
    ['--state-paused', surface, 3],
    ['--state-stopped', surface, 3],
    ['--state-running', surface, 3],
    ['--series-rest', surface, 3],
    ...series.map((line): [string, string, number] => [line, surface, 3]),
  ]),
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('contrast, %s', (_, theme) => {
  it.each(pairs)('%s on %s is at least %d', (text, surface, least) => {
    expect(contrast(colour(text, theme), colour(surface, theme))).toBeGreaterThanOrEqual(least);
  });
});

/** How the cones that are left see a colour, in linear light: Machado, Oliveira and Fernandes 2009, full severity. */
const sights = {
  everybody: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

/** In OKLab, where distances are what one sees. */
function seen(hex: string, sight: readonly number[]): number[] {
  const light = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const times = (matrix: readonly number[], by: number[]) =>
    [0, 3, 6].map((row) => by.reduce((sum, part, at) => sum + (matrix[row + at] ?? 0) * part, 0));
  const rgb = times(sight, light).map((part) => Math.min(1, Math.max(0, part)));
  const cones = times([0.4122, 0.5363, 0.0514, 0.2119, 0.6807, 0.1074, 0.0883, 0.2817, 0.63], rgb).map(
    Math.cbrt,
  );
  return times([0.2105, 0.7936, -0.0041, 1.978, -2.4286, 0.4506, 0.0259, 0.7828, -0.8087], cones);
}

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the lines of graphs, %s', (_, theme) => {
  it.each(Object.entries(sights))('differ for %s', (_name, sight) => {
    const all = series.map((name) => seen(colour(name, theme), sight));
    all.forEach((one, at) => {
      for (const other of all.slice(0, at)) {
        const distance = Math.hypot(...one.map((part, axis) => part - (other[axis] ?? 0)));
        expect(distance, series[at]).toBeGreaterThan(0.07);
      }
    });
  });
});
