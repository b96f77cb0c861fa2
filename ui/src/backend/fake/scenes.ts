import type { Glance, SessionSummary } from '../types';
import { attempts } from './attempts';
import { again, limits, summary, type Change } from './summary';
import { sessionsWithTrees } from './trees';

/** Made-up fleets. */

export { summary, uuid } from './summary';

const problem = {
  code: 'api_error' as const,
  message: 'The model’s service is overloaded and ten tries failed. The work so far is kept.',
  hint: 'Send a message to try again.',
};

const overMemory = {
  code: 'limit_reached' as const,
  message: 'The session reached its limit of 4 GB of memory: everything is paused and nothing is lost.',
  hint: 'Raise the limit and let it go on, or stop the session.',
};

export function fleet(scene: string, now: number): SessionSummary[] {
  again();
  switch (scene) {
    case 'empty':
    case 'no-cli':
      return [];
    case 'one':
      return [summary('Fix the login redirect that drops the query string', 'running', now)];
    case 'long':
      return [summary('Move 4,000 call sites to the new client', 'running', now)];
    case 'trouble':
      return [summary('Upgrade the database driver', 'failed', now, { problem })];
    case 'tasks':
      return [
        summary('Fix the login redirect that drops the query string', 'needs_you', now),
        summary('Port the pricing tests to Vitest', 'running', now),
        summary('Cache the exchange rates', 'failed', now, { problem }),
      ];
    case 'inbox':
      return [
        'Fix the login redirect that drops the query string',
        'Port the pricing tests to Vitest',
        'Cache the exchange rates',
        'Compare our prices with theirs',
        'Try the new bundler',
        'Write the migration guide',
      ].map((title) => summary(title, 'needs_you', now));
    case 'paused':
      return [
        summary('Find the memory leak in the importer', 'needs_you', now, atItsLimit(now)),
        summary('Port the pricing tests to Vitest', 'paused', now),
        summary('Try the new bundler', 'paused', now, {
          limits,
          paused: { by: 'machine', since: now - 40_000 },
        }),
      ];
    case 'stalled':
      return [
        summary('Find the memory leak in the importer', 'running', now, {
          stalled: { since: now - 25 * 60_000 },
        }),
        summary('Port the pricing tests to Vitest', 'running', now),
      ];
    case 'checked':
      return [
        summary('Cache the exchange rates', 'done', now, {
          effort: 'high',
          check: { command: 'npm test', at: now - 90_000, took: 14_000, verdict: 'failed', code: 1 },
          variant: { group: 'rates', number: 2, label: 'opus, high' },
        }),
      ];
    case 'worktrees':
      return sessionsWithTrees(now);
    case 'variants':
      return attempts(now);
    case 'korean':
      return [
        summary('로그인 후 돌아갈 주소에서 질의 문자열이 사라지는 문제 고치기', 'needs_you', now, {
          branch: 'login-redirect',
        }),
        summary('결제 화면의 금액 표시를 지역 설정에 맞게 바꾸기', 'running', now, {
          branch: 'locale-amounts',
        }),
        summary('테스트 속도 개선', 'done', now, { branch: 'faster-tests' }),
      ];
    case 'twenty':
      return twenty(now);
    case 'thousand':
      return [...twenty(now), ...past(now, 1000)];
    default:
      return [
        summary('Fix the login redirect that drops the query string', 'needs_you', now),
        summary('Port the pricing tests to Vitest', 'running', now, {
          limits,
          doing: { kind: 'tool', name: 'Edit', detail: 'tests/pricing.test.ts' },
        }),
        summary('Explain the flaky checkout test', 'done', now, {
          backend: { kind: 'rehearsal', script: null },
        }),
      ];
  }
}

/** Frozen where its memory came to the limit: that is for the person to decide. */
function atItsLimit(now: number): Change {
  return {
    asks: 0,
    turn: 'working',
    limits,
    paused: { by: 'limit', limit: 'memory', since: now - 90_000 },
    problem: overMemory,
  };
}

/** Sessions that were stopped long ago, the newest first. */
function past(now: number, count: number): SessionSummary[] {
  return Array.from({ length: count }, (_, number) =>
    summary(`Thing number ${String(number)}`, 'stopped', now, {
      id: `past-${String(number)}`,
      created_at: now - (number + 10) * 3_600_000,
    }),
  );
}

function twenty(now: number): SessionSummary[] {
  const titles = [
    'Fix login',
    'Port the pricing tests',
    'Remove the old client',
    'Explain the flaky checkout test',
    'Add dark mode to the mail templates',
    'Cache the exchange rates',
    'Upgrade to Node 24',
    'Find the memory leak in the importer',
    'Write the migration guide',
    'Split the settings page',
    'Speed up the search index',
    'Type the event bus',
    'Drop support for IE in the widget',
    'Audit the permission checks in every admin route and list what is missing',
    'Rename Order to Purchase',
    'Fix the time zone of invoices',
    'Document the webhook retries',
    'Replace moment with Intl',
    'Bump the linters',
    'Try the new bundler',
  ];
  const glances: Glance[] = [
    'needs_you',
    'running',
    'running',
    'queued',
    'done',
    'running',
    'needs_you',
    'failed',
    'done',
    'stopped',
  ];
  return titles.map((title, at) =>
    summary(title, at === 11 ? 'paused' : (glances[at % glances.length] ?? 'done'), now, {
      ...(at === 1 || at === 12 ? { limits } : {}),
      ...(at === 16 ? atItsLimit(now) : {}),
      ...(at === 5 ? { permission_mode: 'bypassPermissions' as const } : {}),
      ...(at === 7 ? { problem } : {}),
      ...(at === 1 ? { doing: { kind: 'thinking' as const } } : {}),
      ...(at === 2 ? { doing: { kind: 'retrying' as const, attempt: 3, status: 529 } } : {}),
    }),
  );
}
