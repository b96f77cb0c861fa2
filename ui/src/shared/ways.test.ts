import { describe, expect, it } from 'vitest';
import type { Problem, ProblemCode } from '../backend/types';
import { isTooLong, waysOn } from './ways';

const problem = (code: ProblemCode, message = 'It did not work.'): Problem => ({ code, message, hint: null });
const idle = { state: 'running', turn: 'idle' } as const;
const working = { state: 'running', turn: 'working' } as const;
const ended = { state: 'ended' } as const;

describe('the ways on', () => {
  it.each([
    ['signed_out', ['try-again'], ['try-again']],
    ['usage_limit', ['try-again'], ['try-again']],
    ['api_error', ['try-again'], ['try-again']],
    ['cli_failed', ['try-again'], ['resume', 'try-again']],
    ['session_state', [], ['resume']],
    ['keeper_unreachable', [], ['resume']],
    ['limit_reached', ['limits'], ['limits', 'resume']],
    ['cli_too_old', [], []],
    ['not_trusted', [], []],
  ] as const)('after %s', (code, inRunning, inEnded) => {
    expect(waysOn(idle, problem(code))).toEqual(inRunning);
    expect(waysOn(ended, problem(code))).toEqual(inEnded);
  });

  it('from a silence are to interrupt or to start anew, while a turn runs', () => {
    expect(waysOn(working, problem('cli_silent'))).toEqual(['interrupt', 'try-again']);
    expect(waysOn(idle, problem('cli_silent'))).toEqual([]);
  });

  it('from a prompt that is too long are to shorten it or to fork, whoever says so', () => {
    const words = 'API Error: 400 prompt is too long: 212345 tokens > 200000 maximum';
    expect(isTooLong(null, undefined, words)).toBe(true);
    expect(waysOn(idle, problem('api_error', words))).toEqual(['compact', 'fork']);
    expect(waysOn(idle, null, 'Prompt is too long')).toEqual(['compact', 'fork']);
    expect(isTooLong('The folder’s name is too long.')).toBe(false);
  });

  it('are to resume where it ended without a word, and none where nothing is wrong', () => {
    expect(waysOn(ended, null)).toEqual(['resume']);
    expect(waysOn(idle, null)).toEqual([]);
  });
});
