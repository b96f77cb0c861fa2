import { expect, it } from 'vitest';
import type { SessionSummary, UsageWindow } from '../../backend/types';
import { windowsOf } from './windows';

const session = (usage_windows: UsageWindow[], kind = 'account') =>
  ({ backend: { kind }, usage_windows }) as unknown as SessionSummary;
const window = (name: string, used: number, told_at: number, resets_at: number | null = 10) => ({
  name,
  used,
  resets_at,
  told_at,
});

it('takes each limit as it was told last, and none that has started anew or is made up', () => {
  const sessions = [
    session([window('seven_day', 0.2, 1), window('five_hour', 0.4, 1)]),
    session([window('five_hour', 0.5, 2)]),
    session([window('five_hour', 0.9, 3)], 'rehearsal'),
    session([window('old', 1, 9, 2)]),
    session([window('open', 0.1, 1, null)]),
  ];
  const found = windowsOf(sessions, 5000).map(({ name, used }) => [name, used]);
  expect(found).toEqual([
    ['five_hour', 0.5],
    ['open', 0.1],
    ['seven_day', 0.2],
  ]);
});
