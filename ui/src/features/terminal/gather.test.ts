import { expect, it, vi } from 'vitest';
import { gather } from './gather';

it('sends in order, one call at a time, with what has gathered meanwhile', async () => {
  const calls: string[] = [];
  const waiting: (() => void)[] = [];
  const send = gather<string>(
    (before, more) => before + more,
    (all) => {
      calls.push(all);
      return new Promise<void>((done) => waiting.push(done));
    },
  );
  send('a');
  send('b');
  send('c');
  expect(calls).toEqual(['a']);
  waiting.shift()?.();
  await vi.waitFor(() => expect(calls).toEqual(['a', 'bc']));
});

it('goes on after a call that failed', async () => {
  const calls: number[] = [];
  const send = gather<number>(
    (before, more) => before + more,
    async (all) => {
      calls.push(all);
      if (all === 1) throw new Error('gone');
    },
  );
  send(1);
  send(2);
  await vi.waitFor(() => expect(calls).toEqual([1, 2]));
});
