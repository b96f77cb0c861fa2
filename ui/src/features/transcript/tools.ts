import type { EntryOf } from '../../backend/types';
import { plural, t } from '../../i18n/index.svelte';
import { number } from '../../shared/format';
import { fileName } from '../../shared/words';
import { count, fromPatch, fromTexts, type DiffLine } from '../../shared/diff';
import { firstLine, list, record, text } from './fields';

/** What a tool use is, for its one line and for its inside. */

export type ToolUseEntry = EntryOf<'tool_use'>;
export type Look = 'bash' | 'edit' | 'read' | 'todo' | 'agent' | 'plan' | 'other';

export function look(name: string): Look {
  switch (name) {
    case 'Bash':
      return 'bash';
    case 'Edit':
    case 'MultiEdit':
    case 'Write':
    case 'NotebookEdit':
      return 'edit';
    case 'Read':
    case 'Grep':
    case 'Glob':
    case 'LS':
    case 'WebFetch':
    case 'WebSearch':
      return 'read';
    case 'TodoWrite':
      return 'todo';
    case 'Task':
    case 'Agent':
      return 'agent';
    case 'ExitPlanMode':
      return 'plan';
    default:
      return 'other';
  }
}

/** The word that begins the line: what it did, or what it is about to do. */
export function verb(name: string, done: boolean): string {
  switch (name) {
    case 'Bash':
      return '$';
    case 'Edit':
    case 'MultiEdit':
    case 'NotebookEdit':
      return done ? t('tool.edited') : t('tool.edit');
    case 'Write':
      return done ? t('tool.wrote') : t('tool.write');
    case 'Read':
      return done ? t('tool.read') : t('tool.readIt');
    case 'Grep':
      return done ? t('tool.grep') : t('tool.search');
    case 'Glob':
    case 'LS':
      return done ? t('tool.glob') : t('tool.list');
    case 'TodoWrite':
      return t('tool.todo');
    case 'Task':
    case 'Agent':
      return t('tool.subagent');
    case 'ExitPlanMode':
      return t('tool.plan');
    case 'AskUserQuestion':
      return done ? t('tool.question') : t('tool.asks');
    default:
      return name;
  }
}

/** A path from the folder of the session, where it lies inside. */
export function inside(path: string, folder: string): string {
  const start =
    folder.endsWith('/') || folder.endsWith('\\') ? folder : folder + (folder.includes('\\') ? '\\' : '/');
  return path.startsWith(start) ? path.slice(start.length) : path;
}

/** What the line is about: a command, a file, a pattern. */
export function target(name: string, input: unknown, folder: string): string {
  if (name === 'Bash') return firstLine(text(input, 'command'));
  if (name === 'AskUserQuestion') return text(list(input, 'questions')[0], 'question');
  if (name === 'TodoWrite')
    return text(
      list(input, 'todos').find((task) => text(task, 'status') === 'in_progress'),
      'content',
    );
  if (name === 'ExitPlanMode') return firstLine(text(input, 'plan')).replace(/^#+\s*/, '');
  const path = text(input, 'file_path', 'notebook_path');
  if (path) return inside(path, folder);
  const pattern = text(input, 'pattern');
  const where = text(input, 'path');
  if (pattern) return where ? `${pattern}  ${inside(where, folder)}` : pattern;
  return firstLine(
    text(input, 'description', 'subject', 'query', 'url', 'path', 'prompt', 'skill', 'name', 'taskId'),
  );
}

export function diffOf(entry: ToolUseEntry): DiffLine[] {
  const patch = fromPatch(record(entry.result?.detail)['structuredPatch']);
  if (patch.length > 0) return patch;
  const edits = entry.name === 'MultiEdit' ? list(entry.input, 'edits') : [entry.input];
  return edits.flatMap((edit) =>
    entry.name === 'Write' || entry.name === 'NotebookEdit'
      ? fromTexts('', text(edit, 'content', 'new_source'))
      : fromTexts(text(edit, 'old_string'), text(edit, 'new_string')),
  );
}

/** How a command ended: the CLI tells the code of a failed one in its text only. */
export function exitState(entry: ToolUseEntry): string {
  const { result } = entry;
  if (!result) return '';
  if (record(result.detail)['interrupted'] === true) return t('tool.interrupted');
  if (!result.is_error) return t('tool.exit', { code: 0 });
  const code = /Exit code (\d+)/i.exec(result.text.slice(0, 200))?.[1];
  return code ? t('tool.exit', { code }) : t('tool.failed');
}

/** How much came of a search or a reading. */
export function amount(entry: ToolUseEntry): string {
  const { result } = entry;
  if (!result || result.is_error) return '';
  const detail = record(result.detail);
  const lines = record(detail['file'])['numLines'] ?? detail['numLines'];
  if (entry.name === 'Read' && typeof lines === 'number') return plural('tool.lines', lines, number(lines));
  const files = detail['numFiles'];
  if (entry.name === 'Grep' && typeof lines === 'number' && lines > 0) {
    return plural('tool.matches', lines, number(lines));
  }
  if (typeof files === 'number') return plural('tool.files', files, number(files));
  return '';
}

export function changed(entry: ToolUseEntry): { added: number; removed: number; path: string } {
  const path = text(entry.input, 'file_path', 'notebook_path');
  return { ...count(diffOf(entry)), path: fileName(path) };
}

export interface Task {
  content: string;
  status: 'pending' | 'in_progress' | 'completed';
}

export function tasks(input: unknown): Task[] {
  return list(input, 'todos').map((task) => {
    const status = text(task, 'status');
    return {
      content: text(task, 'content', 'subject'),
      status: status === 'completed' || status === 'in_progress' ? status : 'pending',
    };
  });
}
