import { noLimits } from '../../state/defaults';
import type { Glance, Limits, SessionSummary } from '../types';

/** Made-up rows of the fleet, each a little older and dearer than the one before. */

let made = 0;

/** The next is the first one again: of another fleet. */
export function again(): void {
  made = 0;
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export const limits: Limits = { ...noLimits, memory: 4_000_000_000, cpu: 4, turn_time: 5400 };

export type Change = Partial<Omit<SessionSummary, 'state'>> & Record<string, unknown>;

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
