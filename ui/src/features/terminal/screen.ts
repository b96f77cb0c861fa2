import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { Backend } from '../../backend';
import type { TerminalSaid } from '../../backend/types';
import { watchColours } from '../../shared/graph/ink';
import { links } from '../../shared/links.svelte';
import { mayOpen } from '../../shared/markdown';
import { styleNonce } from '../../shared/nonce';
import { themeAt } from './colours';
import { gather } from './gather';

/** Lines above what is seen that are kept. */
const SCROLLBACK = 5000;

export interface Told {
  /** Its program has ended. */
  ended: (code: number | null) => string;
  /** The key that leaves it was pressed. */
  left: () => void;
  /** Another window shows it from here on. */
  taken: () => void;
}

/** The picture of one terminal (xterm.js). It goes on while it is not on screen: nothing of it is lost then. */
export class Screen {
  readonly #host = document.createElement('div');
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #over: (() => void)[] = [];
  readonly #show: (bytes: number) => void;
  #begun = false;
  /** Another window has it: what happens here is not the terminal's. */
  #taken = false;

  constructor(
    private readonly backend: Backend,
    private readonly id: number,
    private readonly told: Told,
  ) {
    this.#host.className = 'xterm-host';
    this.#terminal = new Terminal({
      scrollback: SCROLLBACK,
      minimumContrastRatio: 4.5,
      // A link that a program writes opens only after its whole address was seen.
      linkHandler: {
        activate: (_event, url) => {
          if (mayOpen(url)) links.pending = url;
        },
      },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#show = gather<number>(
      (before, more) => before + more,
      (bytes) => backend.shownTerminal(id, bytes),
    );
    const write = gather<string>(
      (before, more) => before + more,
      (text) => backend.writeTerminal(id, text),
    );
    const resize = gather<{ cols: number; rows: number }>(
      (_before, last) => last,
      async ({ cols, rows }) => {
        if (!this.#taken) await backend.resizeTerminal(id, cols, rows);
      },
    );
    this.#terminal.onData(write);
    this.#terminal.onResize(resize);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#key(event));
  }

  /** Puts it on screen; returns what takes it off again. */
  attach(place: HTMLElement): () => void {
    place.append(this.#host);
    if (!this.#begun) this.#begin();
    const fit = () => {
      if (this.#host.clientHeight > 0) this.#fit.fit();
    };
    const observer = new ResizeObserver(fit);
    observer.observe(place);
    fit();
    return () => {
      observer.disconnect();
      this.#host.remove();
    };
  }

  focus(): void {
    this.#terminal.focus();
  }

  read(label: string, forReaders: boolean): void {
    this.#terminal.textarea?.setAttribute('aria-label', label);
    this.#terminal.options.screenReaderMode = forReaders;
  }

  dispose(): void {
    for (const over of this.#over.splice(0)) over();
    this.#terminal.dispose();
    this.#host.remove();
  }

  #begin(): void {
    this.#begun = true;
    const styles = getComputedStyle(this.#host);
    const { options } = this.#terminal;
    options.fontFamily = styles.fontFamily || 'monospace';
    options.fontSize = parseFloat(styles.fontSize) || 13;
    const colour = () => (options.theme = themeAt(this.#host));
    colour();
    this.#terminal.open(this.#host);
    allowStyles(this.#host);
    this.#over.push(watchColours(colour), applyColours(this.#host));
    this.#listen();
  }

  #listen(): void {
    void this.backend.listenTerminal(this.id, (said) => this.#hear(said)).catch(() => this.#end(null));
  }

  /** Takes it from the other window: all that is kept of it is told anew, and it gets the size that it has here. */
  takeBack(): void {
    if (!this.#taken) return;
    this.#taken = false;
    this.#terminal.reset();
    this.#terminal.options.disableStdin = false;
    this.#listen();
    const { cols, rows } = this.#terminal;
    void this.backend.resizeTerminal(this.id, cols, rows).catch(() => undefined);
    this.focus();
  }

  #hear(said: TerminalSaid): void {
    if (said.kind === 'ended') return this.#end(said.code);
    if (said.kind === 'taken') {
      this.#taken = true;
      this.#terminal.options.disableStdin = true;
      return this.told.taken();
    }
    const bytes = Uint8Array.from(atob(said.data), (letter) => letter.charCodeAt(0));
    this.#terminal.write(bytes, () => this.#show(bytes.length));
  }

  #end(code: number | null): void {
    // What it left behind, such as another colour or a hidden cursor, is not in the way of these words.
    this.#terminal.write(`\u001b[0m\r\n${this.told.ended(code)}\r\n`);
    this.#terminal.options.disableStdin = true;
  }

  /** False: the terminal itself does nothing with it. */
  #key(event: KeyboardEvent): boolean {
    if (!event.ctrlKey || event.altKey || event.metaKey) return true;
    if (!event.shiftKey && (event.key === '`' || event.code === 'Backquote')) {
      event.preventDefault();
      if (event.type === 'keydown') this.told.left();
      return false;
    }
    if (!event.shiftKey) return true;
    if (event.code === 'KeyC') {
      event.preventDefault();
      const selected = this.#terminal.getSelection();
      if (event.type === 'keydown' && selected) void navigator.clipboard.writeText(selected);
      return false;
    }
    // The web view pastes, and the terminal takes it from there: between brackets, where the program knows them.
    return event.code !== 'KeyV';
  }
}

/** The page's policy has refused the terminal's own styles: with the page's word they are taken. */
function allowStyles(host: HTMLElement): void {
  const nonce = styleNonce();
  if (!nonce) return;
  for (const style of host.querySelectorAll('style')) {
    style.nonce = nonce;
    style.textContent = `${style.textContent}`;
  }
}

/** Colours beyond the palette are written as attributes, which the policy refuses as well: they are applied here. */
function applyColours(host: HTMLElement): () => void {
  const rows = host.querySelector('.xterm-rows');
  if (!rows || !styleNonce()) return () => undefined;
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof HTMLElement && node.hasAttribute('style'))
          node.style.cssText = node.getAttribute('style') ?? '';
  });
  observer.observe(rows, { childList: true, subtree: true });
  return () => observer.disconnect();
}
