import type { Doing, Paused, Problem, ProblemCode, SessionSummary } from '../backend/types';
import { t } from '../i18n/index.svelte';
import { time } from './format';

/** States and deeds in words. */

/** The last part of a path, which is what tells it from others. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

function deed(doing: Doing): string {
  switch (doing.kind) {
    case 'thinking':
      return t('doing.thinking');
    case 'writing':
      return t('doing.writing');
    case 'retrying':
      return doing.status === null
        ? t('doing.retrying', { attempt: doing.attempt })
        : t('doing.retryingStatus', { attempt: doing.attempt, status: doing.status });
    case 'tool':
      return tool(doing.name, doing.detail);
  }
}

function tool(name: string, detail: string): string {
  switch (name) {
    case 'Bash':
      return t('doing.bash', { detail });
    case 'Edit':
    case 'MultiEdit':
    case 'Write':
    case 'NotebookEdit':
      return t('doing.edit', { detail: fileName(detail) });
    case 'Read':
      return t('doing.read', { detail: fileName(detail) });
    case 'Grep':
    case 'Glob':
    case 'WebSearch':
      return t('doing.search', { detail });
    case 'Task':
    case 'Agent':
      return t('doing.agent', { detail });
    case 'AskUserQuestion':
      return t('doing.question');
    case 'ExitPlanMode':
      return t('doing.plan');
    default:
      return t('doing.tool', { name, detail });
  }
}

/** What it waits to be allowed: nothing of it has happened yet. */
function wish(doing: Doing | null): string {
  if (doing?.kind !== 'tool') return t('doing.asking');
  const { name, detail } = doing;
  switch (name) {
    case 'Bash':
      return t('doing.ask.bash', { detail });
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return t('doing.ask.edit', { detail: fileName(detail) });
    case 'Write':
      return t('doing.ask.write', { detail: fileName(detail) });
    case 'Read':
      return t('doing.ask.read', { detail: fileName(detail) });
    case 'AskUserQuestion':
    case 'ExitPlanMode':
      return tool(name, detail);
    default:
      return t('doing.ask.tool', { name, detail });
  }
}

const standing: ProblemCode[] = ['cli_silent', 'disk_full'];

/** What holds a session up that runs: it passes by itself, or the person stops the session. */
export function holdsUp({ state, problem }: SessionSummary): Problem | null {
  return problem && standing.includes(problem.code) && state !== 'ended' && state !== 'stopping'
    ? problem
    : null;
}

function pause(paused: Paused): string {
  return paused.by === 'limit'
    ? t('doing.paused.limit', { limit: t(`limit.${paused.limit}`) })
    : t(`doing.paused.${paused.by}`);
}

/** What a session is doing right now, or how it stands. */
export function nowDoing(session: SessionSummary): string {
  const held = holdsUp(session);
  if (held) return t(`problem.${held.code}`);
  if (session.paused) return pause(session.paused);
  if (session.stalled) return t('doing.stalled', { time: time(session.stalled.since) });
  switch (session.state) {
    case 'queued':
      return t('doing.queued');
    case 'preparing': {
      const words = {
        worktree: t('doing.worktree'),
        setup: t('doing.setup'),
        setup_failed: t('doing.setupFailed'),
        starting: t('doing.starting'),
      };
      return words[session.step.step];
    }
    case 'stopping':
      return t('doing.stopping');
    case 'running':
      if (session.turn === 'asking') return wish(session.doing);
      if (session.turn === 'idle') return session.problem?.message ?? t('doing.idle');
      return session.doing ? deed(session.doing) : t('doing.working');
    case 'ended':
      return ending(session.outcome);
  }
}

type Outcome = Extract<SessionSummary, { state: 'ended' }>['outcome'];

function ending(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'finished':
      return t('doing.finished');
    case 'failed':
      return outcome.problem.message;
    case 'not_started':
      return outcome.problem.message || t('doing.notStarted');
    case 'killed':
      return t('doing.killed');
    case 'lost':
      return t('doing.lost');
    case 'stopped': {
      const words = {
        person: t('doing.stopped'),
        finished: t('doing.finished'),
        limit: t('doing.stoppedLimit'),
        shutdown: t('doing.stoppedShutdown'),
      };
      return words[outcome.reason];
    }
  }
}

/** Since when a session is in the state that it is in: milliseconds since 1970. */
export function since(session: SessionSummary): number {
  if (session.paused) return session.paused.since;
  if (session.glance === 'running') return session.turn_started_at ?? session.created_at;
  if (session.glance === 'queued') return session.created_at;
  return session.last_event_at;
}
