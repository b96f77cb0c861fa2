import type { TerminalsBackend } from '../terminals';
import type { OpenWith, SessionId, TerminalSaid, TerminalView } from '../types';
import { Merging } from './merging';
import { no } from './world';

interface Shell {
  view: TerminalView;
  /** All that it has said: whoever listens hears it first. */
  said: string;
  line: string;
  listener: (said: TerminalSaid) => void;
}

const PROMPT = '\u001b[32mmina\u001b[0m:\u001b[34mshop\u001b[0m$ ';

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Terminals with a shell that knows `echo`, `colours`, `ls` and `exit`. */
export class Terminals extends Merging implements TerminalsBackend {
  readonly #shells = new Map<number, Shell>();
  #opened = 0;
  /** Bytes that were shown, by terminal. */
  readonly shown = new Map<number, number>();

  #shell(terminal: number): Shell {
    const shell = this.#shells.get(terminal);
    if (!shell) throw no('invalid_input', 'There is no such terminal any more.');
    return shell;
  }

  /** A terminal says something. */
  says(terminal: number, text: string): void {
    const shell = this.#shell(terminal);
    shell.said += text;
    shell.listener({ kind: 'output', data: base64(text) });
  }

  async terminals(id: SessionId): Promise<TerminalView[]> {
    return [...this.#shells.values()].map(({ view }) => view).filter(({ session }) => session === id);
  }

  async openTerminal(id: SessionId, columns: number, rows: number): Promise<TerminalView> {
    this.calls.push({ name: 'openTerminal', args: [id, columns, rows] });
    const view = { id: ++this.#opened, session: id, program: 'zsh', alive: true };
    this.#shells.set(view.id, { view, said: PROMPT, line: '', listener: () => undefined });
    return view;
  }

  async listenTerminal(terminal: number, onSaid: (said: TerminalSaid) => void): Promise<void> {
    const shell = this.#shell(terminal);
    shell.listener({ kind: 'taken' });
    shell.listener = onSaid;
    onSaid({ kind: 'output', data: base64(shell.said) });
    if (!shell.view.alive) onSaid({ kind: 'ended', code: 0 });
  }

  async shownTerminal(terminal: number, bytes: number): Promise<void> {
    this.shown.set(terminal, (this.shown.get(terminal) ?? 0) + bytes);
  }

  async writeTerminal(terminal: number, text: string): Promise<void> {
    this.calls.push({ name: 'writeTerminal', args: [terminal, text] });
    const shell = this.#shell(terminal);
    for (const key of text) {
      if (key === '\r') this.#run(shell);
      else if (key === '\u007f') {
        if (shell.line) this.says(terminal, '\b \b');
        shell.line = shell.line.slice(0, -1);
      } else {
        shell.line += key;
        this.says(terminal, key);
      }
    }
  }

  #run(shell: Shell): void {
    const [command = '', ...rest] = shell.line.trim().split(/\s+/);
    shell.line = '';
    const { id } = shell.view;
    this.says(id, '\r\n');
    if (command === 'exit') {
      shell.view = { ...shell.view, alive: false };
      shell.listener({ kind: 'ended', code: Number(rest[0] ?? 0) });
      return;
    }
    const colours = Array.from({ length: 8 }, (_, at) => `\u001b[3${at}m${at}\u001b[1;9${at}m${at}\u001b[0m`);
    const link = '\u001b]8;;https://example.com/a\u0007a link\u001b]8;;\u0007';
    const truth = '\u001b[38;2;200;90;20mtrue colour\u001b[0m';
    const known: Record<string, string> = {
      echo: rest.join(' '),
      ls: 'README.md  package.json  src  tests',
      colours: `${colours.join(' ')} ${truth} ${link}`,
      '': '',
    };
    const answer = known[command] ?? `zsh: command not found: ${command}`;
    this.says(id, `${answer}${answer ? '\r\n' : ''}${PROMPT}`);
  }

  async resizeTerminal(terminal: number, columns: number, rows: number): Promise<void> {
    this.calls.push({ name: 'resizeTerminal', args: [terminal, columns, rows] });
  }

  async closeTerminal(terminal: number): Promise<void> {
    this.calls.push({ name: 'closeTerminal', args: [terminal] });
    this.#shells.delete(terminal);
  }

  async openWith(id: SessionId, what: OpenWith, path: string | null, line: number | null): Promise<void> {
    this.calls.push({ name: 'openWith', args: [id, what, path, line] });
  }
}
