import { describe, expect, it } from 'vitest';
import { csv } from './csv';
import { breaks, insert, usualStep } from './gaps';
import { faded } from './ink';
import { markAt } from './marks';
import { lines } from './picture';
import { thin } from './sample';
import { flat, stack, total } from './stack';
import { runs } from './trace';
import { ceiling, inUnit, steps, timeText } from './units';

const every = (step: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, nth) => from + nth * step);

describe('gaps', () => {
  it('are where nothing was measured for a minute, or for three steps', () => {
    expect(breaks([0, 1, 2, 62, 63])).toEqual([]);
    expect(breaks([0, 1, 2, 63, 64])).toEqual([3]);
    expect(breaks([...every(600, 4), 3600, 4200])).toEqual([]);
    expect(breaks([...every(600, 4), 3601 + 600, 4800])).toEqual([4]);
    expect(breaks([])).toEqual([]);
  });

  it('know the usual step by the middle one', () => {
    expect(usualStep([0, 1, 2, 900, 901])).toBe(1);
    expect(usualStep([5])).toBe(1);
  });

  it('are put in where they belong', () => {
    expect(insert(['a', 'b', 'c'], [1, 2], () => '-')).toEqual(['a', '-', 'b', '-', 'c']);
  });

  it('break a line, and nothing else', () => {
    const at = [0, 1, 2, 300, 301];
    const one = { id: 'a', label: 'A', colour: 'x', values: [1, 2, 3, 4, 5] };
    const drawn = lines(at, [one], false);
    expect(drawn.at).toEqual([0, 1, 2, 151, 300, 301]);
    expect(drawn.layers[0]?.upper).toEqual([1, 2, 3, null, 4, 5]);
    expect(runs(drawn.layers[0]?.upper ?? [])).toEqual([
      [0, 2],
      [4, 5],
    ]);
  });
});

describe('lines upon each other', () => {
  it('begin where the one below ends, and leave out what is not there', () => {
    const [first, second] = stack(
      [
        [1, 2, null],
        [3, null, 5],
      ],
      3,
    );
    expect(first).toEqual({ upper: [1, 2, null], lower: [0, 0, 0] });
    expect(second).toEqual({ upper: [4, null, 5], lower: [1, 2, 0] });
  });

  it('come to a sum, or to nothing', () => {
    expect(
      total(
        [
          [1, null],
          [2, null],
        ],
        2,
      ),
    ).toEqual([3, null]);
    expect(flat([[1]], 2)[0]).toEqual({ upper: [1, null], lower: [0, 0] });
  });
});

describe('fewer points', () => {
  it('keep the last one', () => {
    expect(thin(10, 4)).toEqual([0, 3, 6, 9]);
    expect(thin(3, 60)).toEqual([0, 1, 2]);
    expect(thin(0, 60)).toEqual([]);
    for (const length of every(1, 200, 1)) {
      const kept = thin(length, 60);
      expect(kept.length).toBeLessThanOrEqual(60);
      expect(kept.at(-1)).toBe(length - 1);
    }
  });
});

describe('a table as a file', () => {
  it('quotes what needs it, and is never a formula', () => {
    expect(
      csv([
        ['time', 'a, "b"'],
        [1.5, null],
        ['=1+1', 'two\nlines'],
      ]),
    ).toBe('\uFEFFtime,"a, ""b"""\r\n1.5,\r\n\'=1+1,"two\nlines"\r\n');
  });
});

describe('a mark under the pointer', () => {
  const long = { from: 0, to: 100, label: 'long', index: 1 };
  const short = { from: 50, to: 52, label: 'short', index: 2 };
  const open = { from: 90, to: null, label: 'open', index: 3 };

  it('is the shortest one there, or the nearest within reach', () => {
    expect(markAt([long, short], 51, 1, 200)).toBe(short);
    expect(markAt([long, short], 53, 2, 200)).toBe(long);
    expect(markAt([short], 54, 2, 200)).toBe(short);
    expect(markAt([short], 60, 2, 200)).toBeNull();
    expect(markAt([open], 150, 2, 200)).toBe(open);
  });
});

describe('an axis', () => {
  it('shows a limit once a quarter of it is used', () => {
    expect(ceiling('memory', 0.5e9, 4e9)).toBeCloseTo(0.53e9);
    expect(ceiling('memory', 1.5e9, 4e9)).toBeCloseTo(4.24e9);
    expect(ceiling('cpu', 0.02, null)).toBeCloseTo(1.06);
  });

  it('has figures with units', () => {
    expect(inUnit('cpu', 3.12)).toBe('312%');
    expect(inUnit('memory', 2.1e9)).toBe('2.1 GB');
    expect(inUnit('disk', 4.2e6)).toBe('4.2 MB/s');
    expect(inUnit('count', 1200)).toBe('1,200');
    expect(steps('memory').slice(0, 3)).toEqual([1000, 2000, 5000]);
  });

  it('names times as finely as its steps are', () => {
    const noon = new Date(2026, 10, 25, 12, 5, 9).getTime() / 1000;
    expect(timeText(noon, 10)).toContain(':05:09');
    expect(timeText(noon, 60)).not.toContain(':09');
    expect(timeText(noon, 86_400)).toBe('Nov 25');
  });
});

describe('a colour for a canvas', () => {
  it('is let through', () => {
    expect(faded('rgb(49, 98, 190)', 0.1)).toBe('rgba(49, 98, 190, 0.1)');
    expect(faded('rgba(49, 98, 190, 0.5)', 0.1)).toBe('rgba(49, 98, 190, 0.05)');
    expect(faded('color(srgb 1 1 1)', 0.1)).toBe('color(srgb 1 1 1)');
  });
});
