import type { Hold, LaunchSpec, QueuedTask, SessionId, Wait } from '../types';
import { uuid } from './summary';
import { no } from './world';

/** Made-up queues. */

/** What is launched, as nobody has chosen anything. */
export function specOf(prompt: string): LaunchSpec {
  return {
    repository: '/home/mina/work/shop',
    prompt,
    images: [],
    base: null,
    branch: null,
    existing: false,
    worktree: true,
    folder: null,
    subfolder: null,
    model: null,
    effort: null,
    permission_mode: 'manual',
    allowed_tools: [],
    denied_tools: [],
    append_system_prompt: null,
    max_turns: null,
    max_budget_usd: null,
    limits: null,
    check: null,
    variant: null,
    fork: null,
    backend: { kind: 'account' },
  };
}

export function taskId(number: number): SessionId {
  return `00000000-0000-4000-b000-${String(number).padStart(12, '0')}`;
}

type Change = Partial<Omit<QueuedTask, 'stage'>> & Record<string, unknown>;

export function task(id: SessionId, prompt: string, now: number, change: Change = {}): QueuedTask {
  return {
    id,
    spec: specOf(prompt),
    repository: 'shop',
    repository_path: '/home/mina/work/shop',
    batch: null,
    batch_max_usd: null,
    after: [],
    builds_on: null,
    priority: 'normal',
    added_at: now - 12 * 60_000,
    stage: 'waiting',
    hold: null,
    wait: { for: 'turn' },
    ...change,
  } as QueuedTask;
}

const refused = no(
  'base_unknown',
  'No branch, tag or commit is named release/9, so the task was not launched.',
  'Make that branch, then release the task.',
);

export function tasks(scene: string, now: number): QueuedTask[] {
  switch (scene) {
    case 'tasks':
      return every(now);
    case 'used-up': {
      const wait: Wait = { for: 'usage_limit', resets_at: now + 12 * 60_000 };
      const prompts = ['Write the migration guide', 'Speed up the search index', 'Rename Order to Purchase'];
      return prompts.map((prompt, at) => task(taskId(at + 1), prompt, now, { wait }));
    }
    default:
      return [];
  }
}

/** One for each thing that can be waited for. */
function every(now: number): QueuedTask[] {
  let made = 0;
  const one = (prompt: string, change: Change) => task(taskId(++made), prompt, now, change);
  const waits = (prompt: string, wait: Wait, change: Change = {}) => one(prompt, { wait, ...change });
  const held = (prompt: string, hold: Hold, change: Change = {}) =>
    one(prompt, { hold, wait: { for: 'release', hold }, ...change });
  const at = now + 30_000;
  return [
    task(uuid(2), 'Port the pricing tests to Vitest', now, { stage: 'running', wait: null }),
    task(uuid(3), 'Cache the exchange rates', now, { stage: 'retrying', at, wait: { for: 'retry', at } }),
    waits(
      'Type the event bus\n\nStart with the events of the cart.',
      { for: 'nothing' },
      { priority: 'high' },
    ),
    waits('Drop support for IE in the widget', { for: 'running', cap: 4 }),
    waits('Fix the time zone of invoices', { for: 'repository', cap: 2 }),
    waits('Bump the linters', { for: 'memory', needs: 1.2e9, free: 0.4e9 }),
    waits(
      'Port the checkout tests too',
      { for: 'tasks', ids: [uuid(2)] },
      { after: [uuid(2)], builds_on: uuid(2) },
    ),
    held('Document the webhook retries', { why: 'person' }),
    held('Rename Order to Purchase', { why: 'before', task: taskId(99) }, { after: [taskId(99)] }),
    held('Translate the mails: de', { why: 'batch' }, { batch: 'Mails' }),
    held('Translate the mails: fr', { why: 'batch' }, { batch: 'Mails' }),
    held(
      'Try the new bundler',
      { why: 'refused', problem: refused },
      { spec: { ...specOf('Try the new bundler'), base: 'release/9', model: 'opus' } },
    ),
    waits('Split the settings page', { for: 'turn' }, { priority: 'low' }),
  ];
}
