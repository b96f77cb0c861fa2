import type { Entry } from '../types';
import { entries, result, tool, type Body } from './entries';

/** One of each thing that goes wrong or is unusual. */
export function troubles(start: number): Entry[] {
  return entries(
    [
      { kind: 'prompt', uuid: crypto.randomUUID(), text: 'Upgrade the database driver', images: 2 },
      { kind: 'thinking', text: '' },
      {
        kind: 'usage_limit',
        status: 'allowed_warning',
        window: 'five_hour',
        utilization: 0.82,
        resets_at: Math.round(start / 1000) + 5400,
      },
      { kind: 'changed', what: 'permission_mode', value: 'acceptEdits' },
      { kind: 'changed', what: 'model', value: 'claude-opus-5' },
      { kind: 'compacted', before: 168_000 },
      tool('mcp__tracker__search', { query: 'driver', limit: 5 }, result('Nothing found.')),
      {
        ...tool('Bash', { command: 'rm -rf build' }, result('The user denied this.', {}, true)),
        decision: { answer: 'deny', message: 'Keep the build folder.', interrupt: false },
      } as Body,
      { kind: 'unknown', name: 'system hologram', raw: '{"type":"system","subtype":"hologram","depth":3}' },
      {
        kind: 'raw',
        reason: 'not_json',
        bytes: 2310,
        start: 'Segmentation fault? \u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
      },
      {
        kind: 'notice',
        level: 'warning',
        text: 'Claude Code has said nothing for ten minutes. It may still be thinking.',
      },
      {
        ...tool('Bash', { command: 'npm run build' }, result('Killed', {}, true), 'build-1'),
        cost: { cpu_seconds: 41, peak_memory: 3_900_000_000, memory_kind: 'rss', shared: false },
      } as Body,
      { kind: 'limit', limit: 'memory', reached: false, rung: null, used: 3.3e9, of: 4e9, stopped: [] },
      {
        kind: 'limit',
        limit: 'memory',
        reached: true,
        rung: 'stop_tool',
        used: 4.1e9,
        of: 4e9,
        stopped: [{ pid: 4121, name: 'esbuild' }],
      },
      {
        kind: 'limit',
        limit: 'turn_time',
        reached: true,
        rung: 'pause',
        used: 5400,
        of: 5400,
        stopped: [],
      },
      { kind: 'paused', by: 'limit', limit: 'turn_time' } as Body,
      { kind: 'went_on' },
      {
        kind: 'turn_end',
        is_error: true,
        subtype: 'success',
        text: null,
        duration_ms: 900,
        cost_usd: 0,
        turns: 1,
        problem: {
          code: 'signed_out',
          message: 'Claude Code is no longer signed in, so the session waits. Nothing is lost.',
          hint: 'Sign in again; the session goes on from here.',
        },
      },
      { kind: 'paused', by: 'machine' } as Body,
      { kind: 'went_on' },
      {
        kind: 'killed',
        processes: [
          { pid: 4120, name: 'claude' },
          { pid: 4122, name: 'node' },
        ],
        left: [],
      },
      { kind: 'stopping', reason: 'person', step: 'interrupt' },
      { kind: 'stopping', reason: 'person', step: 'terminate' },
      { kind: 'ended', outcome: 'stopped', reason: 'person', left_behind: ['node', 'esbuild'] } as Body,
      { kind: 'resumed' },
    ],
    start,
  );
}
