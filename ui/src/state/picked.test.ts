import { describe, expect, it } from 'vitest';
import { summary } from '../backend/fake/scenes';
import { task } from '../backend/fake/tasks';
import { applies, between, deeds, toggled } from './picked';
import { several } from './several';

const now = 1_800_000_000_000;

describe('what can be done to a row', () => {
  const offered = (row: Parameters<typeof applies>[1]) => deeds.filter((deed) => applies(deed, row));

  it.each([
    ['running', ['stop', 'interrupt', 'message', 'pause']],
    ['done', ['stop', 'message', 'pause']],
    ['paused', ['stop', 'interrupt', 'message', 'go-on']],
    ['stopped', ['message', 'resume', 'remove']],
    ['queued', ['stop', 'message']],
  ] as const)('that is %s', (glance, wanted) => {
    expect(offered(summary('One', glance, now))).toEqual(wanted);
  });

  it('that is stopping: nothing', () => {
    const stopping = { state: 'stopping', reason: 'person', step: 'interrupt', deadline: 0 } as const;
    expect(offered(summary('One', 'running', now, stopping))).toEqual([]);
  });

  it('that waits in the queue', () => {
    expect(offered(task('a', 'One', now))).toEqual(['hold', 'cancel']);
    expect(offered(task('a', 'One', now, { hold: { why: 'person' } }))).toEqual(['release', 'cancel']);
    expect(offered(task('a', 'One', now, { stage: 'running' }))).toEqual([]);
  });
});

describe('picking', () => {
  it('puts in and takes out', () => {
    expect([...toggled(new Set(['a']), 'b')]).toEqual(['a', 'b']);
    expect([...toggled(new Set(['a', 'b']), 'a')]).toEqual(['b']);
  });

  it('reaches from one to another, whichever comes first', () => {
    const ids = ['a', 'b', 'c', 'd'];
    expect(between(ids, 'b', 'd')).toEqual(['b', 'c', 'd']);
    expect(between(ids, 'c', 'a')).toEqual(['a', 'b', 'c']);
    expect(between(ids, null, 'c')).toEqual(['c']);
    expect(between(ids, 'gone', 'c')).toEqual(['c']);
  });
});

describe('doing the same for several', () => {
  it('does so many at a time, and each once', async () => {
    let atWork = 0;
    let most = 0;
    const done: number[] = [];
    await several(
      Array.from({ length: 11 }, (_, n) => n),
      4,
      async (n) => {
        most = Math.max(most, ++atWork);
        await Promise.resolve();
        await Promise.resolve();
        atWork -= 1;
        done.push(n);
      },
    );
    expect(most).toBe(4);
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, n) => n));
    await several([], 4, () => Promise.reject(new Error('nothing is to be done')));
  });
});
