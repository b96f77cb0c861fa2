import { afterEach, expect, it, vi } from 'vitest';
import { tauri } from './tauri';

afterEach(() => vi.unstubAllGlobals());

it('the app’s commands are all there once what comes later is read', async () => {
  const invoke = vi.fn(async (command: string) => command);
  vi.stubGlobal('__TAURI_INTERNALS__', { invoke });
  expect('worktrees' in tauri, 'the first picture does without').toBe(false);
  await import('../later');
  expect(await tauri.worktrees('/work')).toBe('worktrees');
  expect(await tauri.templates(null)).toBe('templates');
  expect(await tauri.processes('1')).toBe('processes');
  expect(await tauri.commitPlan('1')).toBe('commit_plan');
  expect(await tauri.comments('1')).toBe('comments');
  expect(await tauri.terminals('1')).toBe('terminals');
});
