import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Spent } from '../../backend/types';
import { file } from './file';
import { byHour, columns, dayOf, distinct, lastDays, REST, sums, total } from './sums';

const spent = (at: string, cost_usd: number, more: Partial<Spent> = {}): Spent => ({
  session: 'a',
  repository: 'shop',
  model: 'opus',
  hour: Date.parse(at) / 1000,
  cost_usd,
  tokens: { input: 1, output: 2, cache_read: 3, cache_creation: 4 },
  ...more,
});

// Clocks there are set forward on 8 March 2026.
beforeEach(() => void vi.stubEnv('TZ', 'America/New_York'));
afterEach(() => void vi.unstubAllEnvs());

describe('days', () => {
  it('are those of the person’s own time zone, also one that is an hour short', () => {
    const days = lastDays(3, Date.parse('2026-03-09T12:00:00-04:00'));
    expect(days.map((day) => new Date(day * 1000).toISOString())).toEqual([
      '2026-03-07T05:00:00.000Z',
      '2026-03-08T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ]);
    expect(dayOf(Date.parse('2026-03-09T03:59:59Z') / 1000)).toBe(days[1]);
    expect(dayOf(Date.parse('2026-03-09T04:00:00Z') / 1000)).toBe(days[2]);
  });
});

describe('columns', () => {
  const now = Date.parse('2026-03-09T12:00:00-04:00');
  const days = () => lastDays(2, now);

  it('have what the dearest cost on each day, and all others together', () => {
    const all = [
      spent('2026-03-08T23:00:00-04:00', 3),
      spent('2026-03-09T01:00:00-04:00', 2, { model: 'sonnet' }),
      spent('2026-03-09T02:00:00-04:00', 0.5, { model: 'haiku' }),
      spent('2026-03-09T03:00:00-04:00', 0.25, { model: 'other' }),
      // Before the first of them.
      spent('2026-03-01T03:00:00-05:00', 0.1, { model: 'haiku' }),
    ];
    expect(columns(all, days(), ({ model }) => model, 2)).toEqual([
      { key: 'opus', values: [3, 0] },
      { key: 'sonnet', values: [0, 2] },
      { key: REST, values: [0, 0.75] },
    ]);
    expect(columns(all.slice(0, 2), days(), ({ model }) => model, 2).map(({ key }) => key)).toEqual([
      'opus',
      'sonnet',
    ]);
  });

  it('come to what the table and the whole come to', () => {
    const all = Array.from({ length: 40 }, (_, n) =>
      spent('2026-03-08T12:00:00-04:00', n / 7, { model: `model ${String(n % 9)}`, session: String(n % 4) }),
    );
    const whole = total(all).cost;
    const summed = (some: { cost: number }[]) => some.reduce((sum, { cost }) => sum + cost, 0);
    expect(summed(sums(all, ({ session }) => session))).toBeCloseTo(whole);
    const inColumns = columns(all, days(), ({ model }) => model, 7).flatMap(({ values }) => values);
    expect(inColumns.reduce((sum, value) => sum + value, 0)).toBeCloseTo(whole);
    expect(total(all).tokens).toEqual({ input: 40, output: 80, cache_read: 120, cache_creation: 160 });
    expect(total([])).toMatchObject({ cost: 0, tokens: { input: 0 } });
  });
});

describe('the hours of the week', () => {
  it('are as clocks show them there', () => {
    const week = byHour([
      spent('2026-03-08T23:00:00-04:00', 1),
      spent('2026-03-01T23:00:00-05:00', 2),
      spent('2026-03-09T00:00:00-04:00', 5),
    ]);
    expect(week[0]?.[23]).toBe(3);
    expect(week[1]?.[0]).toBe(5);
    expect(week.flat().reduce((sum, value) => sum + value, 0)).toBe(8);
  });
});

describe('colours', () => {
  it('are never the same for two', () => {
    expect(distinct(['1', '2', '1', '3'], ['1', '2', '3', '4'])).toEqual(['1', '2', '3', '4']);
  });
});

describe('the file', () => {
  it('has the columns of the command line’s, and no formula', () => {
    expect(file([spent('2026-03-09T04:00:00Z', 0.125, { repository: '=SUM(A1)', model: 'a, "b"' })])).toBe(
      '\uFEFFhour,repository,session,model,cost_usd,input,output,cache_read,cache_creation\r\n' +
        '1773028800,\'=SUM(A1),a,"a, ""b""",0.125,1,2,3,4\r\n',
    );
  });
});
