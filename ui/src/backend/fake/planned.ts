import type { Addition, Ran, Schedule, Template, When } from '../types';
import { uuid } from './summary';
import { specOf } from './tasks';
import { no } from './world';

/** Made-up templates and schedules. */

const SHOP = '/home/mina/work/shop';

function template(name: string, prompt: string, change: Partial<Template> = {}): Template {
  return {
    name,
    shared: false,
    repository: null,
    prompt,
    base: null,
    worktree: null,
    model: null,
    effort: null,
    permission_mode: null,
    allowed_tools: [],
    denied_tools: [],
    append_system_prompt: null,
    max_turns: null,
    max_budget_usd: null,
    limits: null,
    check: null,
    ...change,
  };
}

export function templates(): Template[] {
  return [
    template('Fix an issue', 'Fix issue {number}. Begin with a test that shows it.', {
      repository: SHOP,
      effort: 'high',
      check: 'npm test',
    }),
    template('Port to Vitest', 'Port {file} to Vitest', { model: 'sonnet', max_budget_usd: 2 }),
    template('Release', 'Prepare the release {version} as RELEASING.md says.', {
      shared: true,
      repository: SHOP,
      permission_mode: 'acceptEdits',
      allowed_tools: ['Bash(npm version *)', 'Bash(git tag *)'],
      check: 'npm run release:check',
    }),
  ];
}

const HOUR = 3_600_000;

export function schedules(now: number): Schedule[] {
  let made = 0;
  const one = (name: string, when: When, prompts: string[], change: Partial<Schedule> = {}): Schedule => {
    const addition: Addition = {
      specs: prompts.map(specOf),
      batch: prompts.length > 1 ? name : null,
      max_usd: null,
      priority: 'normal',
      after: [],
      builds_on: null,
      one_after_another: false,
    };
    const id = `schedule-plan-${++made}`;
    return {
      id,
      name,
      when,
      addition,
      enabled: true,
      made_at: now - 90 * HOUR,
      since: now - 90 * HOUR,
      next_at: null,
      seen: null,
      begun: null,
      last: null,
      problem: null,
      ...change,
    };
  };
  const ran = (change: Partial<Ran>): Ran => ({
    at: now - 9 * HOUR,
    due_at: now - 9 * HOUR,
    missed: 0,
    tasks: [],
    problem: null,
    ...change,
  });
  const full = no('disk_full', 'The disk is full, so nothing was added.', 'Make room, then run it now.');
  const gone = no('base_unknown', 'There is no branch named release/9 any more.', 'Choose another branch.');
  return [
    one(
      'Bump what is out of date',
      { kind: 'days', days: [1, 2, 3, 4, 5], minute: 150 },
      ['Bump the linters'],
      {
        next_at: now + 15 * HOUR,
        last: ran({ tasks: [uuid(2), uuid(3)], missed: 2 }),
      },
    ),
    one('Look after the mails', { kind: 'minutes', minutes: 120 }, ['Translate: de', 'Translate: fr'], {
      next_at: now + HOUR,
      last: ran({ at: now - HOUR, problem: full }),
    }),
    one('Go on when there is room', { kind: 'reset' }, ['Speed up the search index'], { enabled: false }),
    one('Review the release', { kind: 'commit', repository: SHOP, branch: 'release/9' }, ['Review it'], {
      problem: gone,
    }),
  ];
}
