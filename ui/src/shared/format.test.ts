import { describe, expect, it } from 'vitest';
import { speech } from '../i18n/index.svelte';
import { compact, cost, duration, rate, seconds, size } from './format';

describe('figures', () => {
  it('are short, and exact where it matters', () => {
    expect(cost(0)).toBe('$0.00');
    expect(cost(0.0042)).toBe('$0.004');
    expect(cost(12.5)).toBe('$12.50');
    expect(duration(900, true)).toBe('0.9s');
    expect(duration(59_999)).toBe('59s');
    expect(duration(94_000, true)).toBe('1m 34s');
    expect(duration(3_700_000)).toBe('1h');
    expect(duration(-5)).toBe('0s');
    expect(size(1)).toBe('1 byte');
    expect(size(18)).toBe('18 bytes');
    expect(size(2310)).toBe('2.3 kB');
    expect(rate(0)).toBe('0 kB/s');
    expect(rate(312)).toBe('0.3 kB/s');
    expect(rate(4_230_000)).toBe('4.2 MB/s');
    expect(seconds(96.4)).toBe('96s');
    expect(compact(1_204_000)).toBe('1.2M');
  });

  it('speak the chosen language', () => {
    speech.chosen = 'ko';
    expect(duration(94_000, true)).toBe('1분 34초');
    speech.chosen = null;
  });
});
