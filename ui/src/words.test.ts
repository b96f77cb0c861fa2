import { render } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { summary } from './backend/fake/scenes';
import { verb } from './features/transcript/tools';
import Coded from './shared/Coded.svelte';
import { nowDoing, since } from './shared/words';

const doing = (glance: 'needs_you' | 'running', name: string, detail: string) =>
  nowDoing(summary('Any', glance, 0, { doing: { kind: 'tool', name, detail } }));

describe('words for what a session does', () => {
  it('claim nothing that has not happened yet', () => {
    expect(doing('needs_you', 'Edit', '/shop/readme.md')).toBe('Edit readme.md?');
    expect(doing('running', 'Edit', '/shop/readme.md')).toBe('Editing readme.md');
    expect(verb('Edit', false)).toBe('Edit');
    expect(verb('Edit', true)).toBe('Edited');
  });

  it('say that it is paused, and why', () => {
    expect(nowDoing(summary('Any', 'paused', 0))).toBe('Paused by you');
    const paused = { by: 'limit' as const, limit: 'turn_time' as const, since: 40 };
    const held = summary('Any', 'needs_you', 0, { paused });
    expect(nowDoing(held)).toBe('Limit reached: time for a turn');
    expect(since(held)).toBe(40);
  });

  it('do not show the names of tools that only speak with the person', () => {
    expect(doing('needs_you', 'AskUserQuestion', '')).toBe('Asks you a question');
    expect(doing('needs_you', 'ExitPlanMode', '')).toBe('Proposes a plan');
  });
});

describe('a sentence with commands in it', () => {
  it('shows them as code, without the backticks, and keeps a lone one', () => {
    const { container } = render(Coded, { text: 'Run `claude auth login` or `x`, not ` that' });
    expect(container.textContent).toBe('Run claude auth login or x, not ` that');
    expect([...container.querySelectorAll('code')].map((code) => code.textContent)).toEqual([
      'claude auth login',
      'x',
    ]);
  });
});
