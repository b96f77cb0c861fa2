import { describe, expect, it } from 'vitest';
import { contextOf, rulesOf, serversOf, sourceWords, tasksOf } from './about';

describe('what the CLI says of itself', () => {
  it('is taken as far as it is understood', () => {
    const none = { categories: [], total: null, max: null, full: null };
    for (const answer of [null, undefined, 7, 'x', [], {}, { categories: {} }])
      expect(contextOf(answer)).toEqual(none);
    const odd = {
      categories: [{ name: 'a', tokens: 5 }, { name: 'b' }, { tokens: -1 }, null, { tokens: 2 }],
    };
    expect(contextOf(odd).categories).toEqual([
      { name: 'a', tokens: 5, share: null },
      { name: '', tokens: 2, share: null },
    ]);
    expect(contextOf({ totalTokens: 50, maxTokens: 200 }).full).toBe(0.25);
    expect(contextOf({ totalTokens: 50, maxTokens: 0 }).full).toBeNull();
    expect(contextOf({ percentage: 42 }).full).toBe(0.42);
  });

  it('names servers', () => {
    expect(serversOf({ mcpServers: [{ name: 'a', status: 'connected' }, { status: 'failed' }] })).toEqual([
      { name: 'a', status: 'connected', error: '' },
    ]);
    expect(serversOf([{ name: 'a', error: { message: 'no' } }])).toEqual([
      { name: 'a', status: '', error: 'no' },
    ]);
  });

  it('names tasks, under whatever key they stand', () => {
    const running = { id: 'a', name: 'npm run dev', status: 'running', tokens: null, over: false };
    expect(tasksOf({ anything: [{ task_id: 'a', command: 'npm run dev', status: 'running' }] })).toEqual([
      running,
    ]);
    expect(tasksOf({ tasks: [], other: [{ id: 'a' }] })).toEqual([]);
    expect(tasksOf([{ id: 3, status: 'completed' }])).toEqual([
      { id: '3', name: '3', status: 'completed', tokens: null, over: true },
    ]);
    expect(tasksOf('none')).toEqual([]);
  });

  it('lists rules, those that deny first, and leaves out what it does not know', () => {
    const rules = [
      { behavior: 'allow', rule: 'Bash(ls:*)', source: 'cliArg' },
      { behavior: 'warn', rule: 'x' },
      { behavior: 'deny', rule: 'WebFetch', source: 'elsewhere' },
      { behavior: 'ask' },
      null,
    ];
    expect(rulesOf({ state: { rules } })).toEqual([
      { behaviour: 'deny', rule: 'WebFetch', source: 'elsewhere' },
      { behaviour: 'allow', rule: 'Bash(ls:*)', source: 'cliArg' },
    ]);
    for (const answer of [null, {}, { state: [] }, { state: { rules: {} } }])
      expect(rulesOf(answer)).toEqual([]);
    expect([sourceWords('cliArg'), sourceWords('elsewhere')]).toEqual(['set at launch', 'elsewhere']);
  });
});
