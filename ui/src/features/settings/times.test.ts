import { expect, it } from 'vitest';
import { clockTime, minutes } from './times';

it('a time of day is the same both ways', () => {
  for (const at of [0, 7, 8 * 60, 22 * 60 + 5, 24 * 60 - 1]) expect(minutes(clockTime(at))).toBe(at);
  expect(clockTime(485)).toBe('08:05');
  expect(minutes('')).toBeNull();
});
