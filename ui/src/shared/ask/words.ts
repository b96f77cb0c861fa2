import type { AskKind } from '../../backend/types';
import { plural, t } from '../../i18n/index.svelte';
import { number } from '../format';

/** What is asked, in one line. */
export function askTitle(ask: AskKind): string {
  if (ask.kind === 'plan') return t('ask.plan');
  if (ask.kind === 'question')
    return plural('ask.questions', ask.questions.length, number(ask.questions.length));
  if (ask.tool === 'Bash') return t('ask.run');
  return isEdit(ask.tool) ? t('ask.edit') : t('ask.tool', { tool: ask.tool });
}

/** The same where many stand below each other: with what is to be run, changed or answered. */
export function askLine(ask: AskKind): string {
  if (ask.kind === 'plan') return t('ask.plan');
  if (ask.kind === 'question') return ask.questions[0]?.question ?? askTitle(ask);
  const input = (typeof ask.input === 'object' && ask.input !== null ? ask.input : {}) as Record<
    string,
    unknown
  >;
  const detail = [input['command'], input['file_path'], input['url'], input['pattern'], ask.description].find(
    (one) => typeof one === 'string' && one.trim() !== '',
  );
  const what = typeof detail === 'string' ? detail.trim() : '';
  if (ask.tool === 'Bash') return what;
  return what ? t('ask.line', { tool: ask.tool, detail: what }) : ask.tool;
}

function isEdit(tool: string): boolean {
  return ['Edit', 'MultiEdit', 'Write', 'NotebookEdit'].includes(tool);
}
