import { noLimits } from '../../state/defaults';
import type { Glance, Limits, SessionSummary } from '../types';
import { attempts } from './attempts';
import { sessionsWithTrees } from './trees';

/** Made-up fleets. */

let made = 0;

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const limits: Limits = { ...noLimits, memory: 4_000_000_000, cpu: 4, turn_time: 5400 };

type Change = Partial<Omit<SessionSummary, 'state'>> & Record<string, unknown>;

/** How much of the account's limits is used. */
const windows = (now: number) =>
  [
    ['five_hour', 0.62, 5400],
    ['seven_day', 0.31, 3 * 86_400],
    ['seven_day_opus', 0.93, 3 * 86_400],
  ].map(([name, used, left]) => ({
    name,
    used,
    resets_at: Math.round(now / 1000) + Number(left),
    told_at: now - 60_000,
  }));

export function summary(title: string, glance: Glance, now: number, change: Change = {}): SessionSummary {
  made += 1;
  const age = made * 7 * 60_000;
  const slug =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || `task-${made}`;
  const state = {
    needs_you: { state: 'running', turn: 'asking' },
    failed: { state: 'running', turn: 'idle' },
    running: { state: 'running', turn: 'working' },
    paused: { state: 'running', turn: 'working' },
    queued: { state: 'queued' },
    done: { state: 'running', turn: 'idle' },
    stopped: { state: 'ended', outcome: { outcome: 'stopped', reason: 'person' }, left_behind: 0 },
  }[glance];
  return {
    id: uuid(made),
    title,
    glance,
    ...state,
    doing:
      glance === 'running' || glance === 'paused'
        ? { kind: 'tool', name: 'Bash', detail: 'npm test -- --run src/auth' }
        : null,
    repository: 'shop',
    repository_path: '/home/mina/work/shop',
    folder: '/home/mina/work/shop',
    branch: slug,
    base: 'main',
    base_commit: 'c0ffee'.padEnd(40, '0'),
    worktree: true,
    model: 'claude-sonnet-5-5',
    effort: null,
    permission_mode: 'manual',
    backend: { kind: 'account' },
    created_at: now - age,
    turn_started_at: glance === 'running' ? now - age / 3 : null,
    last_event_at: now - age / 4,
    cost_usd: glance === 'queued' ? 0 : 0.07 + made * 0.31,
    turns: made * 3,
    worked: made * 95_000,
    tokens: { input: 12_400, output: 8_210, cache_read: 1_204_000, cache_creation: 88_000 },
    context: { used: 84_300, window: 200_000 },
    asks: glance === 'needs_you' ? 1 : 0,
    queued: 0,
    background: 0,
    paused: glance === 'paused' ? { by: 'person', since: now - age / 4 } : null,
    limits: null,
    near_limit: null,
    usage_resets_at: null,
    usage_windows: made % 3 ? [] : windows(now),
    stalled: null,
    check: null,
    port: null,
    run: null,
    variant: null,
    fork: null,
    rewound: null,
    interrupted: false,
    problem: null,
    ...change,
  } as SessionSummary;
}

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
  made = 0;
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
