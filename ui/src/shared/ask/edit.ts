import { t } from '../../i18n/index.svelte';
import { escapeHidden } from '../visible';

/** A tool's input as text that a person can change, and back. */

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A command is edited by itself; every other input whole, as JSON. */
export function isCommand(tool: string, input: unknown): input is Fields & { command: string } {
  return tool === 'Bash' && isObject(input) && typeof input['command'] === 'string';
}

export function asText(tool: string, input: unknown): string {
  return isCommand(tool, input) ? input.command : escapeHidden(JSON.stringify(input ?? {}, null, 2));
}

export type Edited = { input: Fields; wrong: null } | { input: null; wrong: string };

/** What the tool would get; or why that can't be. */
export function fromText(tool: string, input: unknown, text: string): Edited {
  const wrong = (words: string): Edited => ({ input: null, wrong: words });
  if (isCommand(tool, input))
    return text.trim() === ''
      ? wrong(t('ask.editEmpty'))
      : { input: { ...input, command: text }, wrong: null };
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? { input: parsed, wrong: null } : wrong(t('ask.editObject'));
  } catch (error) {
    return wrong(t('ask.editJson', { error: error instanceof Error ? error.message : String(error) }));
  }
}
