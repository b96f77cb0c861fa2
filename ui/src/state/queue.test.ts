import { describe, expect, it } from 'vitest';
import { summary } from '../backend/fake/scenes';
import { task } from '../backend/fake/tasks';
import type { QueuedTask } from '../backend/types';
import { group, stay } from './groups';
import { dropped, holdable, placed, releasable, stepped, titleOf, usedUpUntil, waiting } from './queue';

const made = (id: string, change: Record<string, unknown> = {}) => task(id, `Do ${id}`, 0, change);
const ids = (tasks: readonly { id: string }[]) => tasks.map(({ id }) => id).join('');
const none = new Map<string, never>();

describe('tasks that wait', () => {
  it('are those that are no session yet, and those that are tried again', () => {
    const session = summary('b', 'running', 0, { id: 'b' });
    const again = summary('c', 'failed', 0, { id: 'c' });
    const sessions = new Map([session, again].map((one) => [one.id, one]));
    const queue = [
      made('a'),
      made('b'),
      made('c', { stage: 'retrying', at: 5 }),
      made('d', { stage: 'starting' }),
      made('e', { stage: 'running' }),
    ];
    expect(ids(waiting(queue, sessions))).toBe('ac');
    const groups = group(sessions.values(), waiting(queue, sessions));
    expect(groups.map(({ glance, rows }) => [glance, ids(rows)])).toEqual([
      ['running', 'b'],
      ['queued', 'ac'],
    ]);
  });

  it('stand in the order of their turns: the most urgent first, then by their places', () => {
    const queue = [made('a'), made('b', { priority: 'low' }), made('c', { priority: 'high' }), made('d')];
    expect(ids(waiting(queue, none))).toBe('cadb');
  });

  it('are called by the first line that says something', () => {
    expect(titleOf(task('a', '\n  Fix it\nand more', 0))).toBe('Fix it');
  });

  it('keep their rows while somebody aims, whatever becomes of them, but for the order that a person gives', () => {
    const before = [made('a'), made('b'), made('c')];
    const places = group([], before);
    const begun = summary('b', 'running', 0, { id: 'b' });
    const sessions = new Map([['b', begun]]);
    const after = [made('c'), made('a'), made('d')];
    const shown = stay(places, sessions, after);
    expect(shown.map(({ glance, late, rows }) => [glance, Boolean(late), ids(rows)])).toEqual([
      ['queued', false, 'cba'],
      ['queued', true, 'd'],
    ]);
  });
});

describe('a place in the queue', () => {
  const high = made('h', { priority: 'high' });
  const [a, b, c] = [made('a'), made('b'), made('c')] as [QueuedTask, QueuedTask, QueuedTask];
  const tasks = [high, a, b, c];

  it('is left for the one before or behind, among those that are as urgent', () => {
    expect(stepped(tasks, b, -1)).toBe('a');
    expect(stepped(tasks, a, 1)).toBe('c');
    expect(stepped(tasks, b, 1)).toBeNull();
    expect(stepped(tasks, a, -1), 'what is more urgent stays before it').toBeUndefined();
    expect(stepped(tasks, c, 1)).toBeUndefined();
    expect(stepped([a], made('x'), 1), 'it does not wait any more').toBeUndefined();
  });

  it('is the one where it is let go, if that is another', () => {
    expect(dropped(tasks, c, 'a', false)).toBe('a');
    expect(dropped(tasks, a, 'b', true)).toBe('c');
    expect(dropped(tasks, a, 'c', true)).toBeNull();
    expect(dropped(tasks, a, 'b', false), 'it stands there').toBeUndefined();
    expect(dropped(tasks, b, 'a', true), 'it stands there').toBeUndefined();
    expect(dropped(tasks, a, 'a', true)).toBeUndefined();
    expect(dropped(tasks, a, 'h', false), 'that one is more urgent').toBeUndefined();
  });

  it('is taken in the queue as a whole', () => {
    expect(ids(placed(tasks, 'c', 'a'))).toBe('hcab');
    expect(ids(placed(tasks, 'a', null))).toBe('hbca');
  });
});

describe('all at once', () => {
  const held = (id: string, why: string, batch: string | null = null) => made(id, { hold: { why }, batch });

  it('holds what is not held, and releases a batch by one of it', () => {
    const tasks = [
      made('a'),
      held('b', 'person'),
      held('c', 'before'),
      held('d', 'batch', 'x'),
      held('e', 'batch', 'x'),
      held('f', 'batch', 'y'),
      held('g', 'refused'),
      made('h', { stage: 'retrying', at: 9 }),
    ];
    expect(ids(holdable(tasks))).toBe('a');
    expect(ids(releasable(tasks)), 'not what would then do without something').toBe('bdfg');
  });

  it('waits for the account’s limit as long as anything does', () => {
    expect(usedUpUntil([made('a')])).toBeNull();
    expect(usedUpUntil([made('a'), made('b', { wait: { for: 'usage_limit', resets_at: 7 } })])).toBe(7);
  });
});
