import type { SlashCommand } from '../../backend/types';

/** What is being completed at the caret: `@` and a part of a path anywhere, `/` and a command at the very start. */
export interface Wanted {
  kind: 'file' | 'command';
  query: string;
  /** Where the `@` or `/` stands, and where the word ends. */
  from: number;
  to: number;
}

export function wanted(text: string, caret: number): Wanted | null {
  const before = text.slice(0, caret);
  const command = /^\/([\w:-]*)$/.exec(before);
  if (command) return { kind: 'command', query: command[1] ?? '', from: 0, to: caret };
  const file = /(?:^|\s)@([^\s@]*)$/.exec(before);
  if (!file) return null;
  const query = file[1] ?? '';
  return { kind: 'file', query, from: caret - query.length - 1, to: caret };
}

/** The text with the word completed, and where the caret goes. */
export function complete(text: string, at: Wanted, choice: string): { text: string; caret: number } {
  const word = (at.kind === 'file' ? '@' : '/') + choice + ' ';
  const rest = text.slice(at.to).replace(/^ /, '');
  return { text: text.slice(0, at.from) + word + rest, caret: at.from + word.length };
}

export function matchingCommands(commands: SlashCommand[], query: string): SlashCommand[] {
  const low = query.toLowerCase();
  const rank = (command: SlashCommand) => command.name.toLowerCase().indexOf(low);
  return commands
    .filter((command) => rank(command) >= 0)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 12);
}
