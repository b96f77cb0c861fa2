import { describe, expect, it } from 'vitest';
import type { LogCommit } from '../../backend/types';
import { lanes } from './lanes';

/** `a:b,c` is a commit and its parents. */
function history(text: string): LogCommit[] {
  return text.split(' ').map((one) => {
    const [id = '', parents = ''] = one.split(':');
    return {
      id,
      parents: parents ? parents.split(',') : [],
      subject: id,
      author: '',
      at: 0,
      names: [],
      own: id === id.toUpperCase(),
      unpushed: false,
    };
  });
}

const drawn = (text: string) =>
  lanes(history(text)).rows.map(({ commit, lane, into, past, out }) => {
    const ends = (lines: { from: number; to: number }[]) =>
      lines.map(({ from, to }) => `${String(from)}${String(to)}`).join(' ');
    return [commit.id, lane, ends(into), ends(past), ends(out)];
  });

describe('the lanes of a history', () => {
  it('are one where nothing branches', () => {
    expect(drawn('a:b b:c c')).toEqual([
      ['a', 0, '', '', '00'],
      ['b', 0, '00', '', '00'],
      ['c', 0, '00', '', ''],
    ]);
  });

  it('part where two lines go on from the same commit, and meet there', () => {
    expect(drawn('A:c b:c c')).toEqual([
      ['A', 0, '', '', '00'],
      ['b', 1, '', '00', '10'],
      ['c', 0, '00', '', ''],
    ]);
    expect(lanes(history('A:c b:c c')).width).toBe(2);
  });

  it('lead to each parent of a merge, and are taken again once free', () => {
    expect(drawn('M:A,b A:c b:c c:d d')).toEqual([
      ['M', 0, '', '', '00 01'],
      ['A', 0, '00', '11', '00'],
      ['b', 1, '11', '00', '10'],
      ['c', 0, '00', '', '00'],
      ['d', 0, '00', '', ''],
    ]);
    expect(lanes(history('A:x b:x x:y c:y y')).width).toBe(2);
  });

  it('lose no line: what a row ends with is what the next begins with', () => {
    const { rows } = lanes(history('M:A,b A:c,e b:c e:f c:f,g g:h f:h h'));
    for (const [at, row] of rows.entries()) {
      const next = rows[at + 1];
      if (!next) continue;
      const ends = new Set([...row.past, ...row.out].map(({ to }) => to));
      const begins = new Set([...next.past, ...next.into].map(({ from }) => from));
      expect(begins).toEqual(ends);
    }
  });

  it('know what belongs to the branch alone', () => {
    const [first] = lanes(history('M:A,b A:c b:c c')).rows;
    expect(first?.out.map(({ own }) => own)).toEqual([true, false]);
  });
});
