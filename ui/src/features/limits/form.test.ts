import { describe, expect, it } from 'vitest';
import { noLimits } from '../../state/defaults';
import { LimitForm } from './form.svelte';

describe('the fields of limits', () => {
  it('are in units that a person thinks in, and an empty one is no limit', () => {
    const form = new LimitForm({ ...noLimits, memory: 4_000_000_000, turn_time: 5400, ladder: ['pause'] });
    expect(form.texts).toMatchObject({ memory: '4', turn_time: '90', cpu: '' });
    form.texts.cpu = '1.5';
    form.texts.memory = '';
    form.texts.idle = ' 30 ';
    form.ladder.stop_tool = true;
    expect(form.limits).toEqual({
      ...noLimits,
      cpu: 1.5,
      turn_time: 5400,
      idle: 1800,
      ladder: ['stop_tool', 'pause'],
    });
  });

  it('leave exact what was not touched', () => {
    const limits = { ...noLimits, memory: 2 ** 30 + 1, cpu_time: 100 };
    const form = new LimitForm(limits);
    expect(form.texts.memory).toBe('1.07');
    expect(form.limits).toEqual(limits);
  });

  it('say nothing while one can’t be read', () => {
    const form = new LimitForm(noLimits);
    for (const text of ['much', '-1', '0', '1e999']) {
      form.texts.processes = text;
      expect(form.isValid('processes'), text).toBe(false);
      expect(form.limits, text).toBeNull();
    }
  });
});
