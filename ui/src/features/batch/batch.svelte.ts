import type { Backend } from '../../backend';
import type { BatchSource, Problem } from '../../backend/types';
import { asProblem } from '../../state/connection';
import { namesIn } from '../../shared/spec/names';
import { columns } from './columns';

export const kinds = ['prompts', 'table', 'file'] as const;
export type Kind = (typeof kinds)[number];

/** How long nothing is typed before it is looked at: milliseconds. */
const PAUSE = 200;

/** A prompt of the preview. */
export interface Item {
  /** The same for the same prompt, wherever it stands: what was left out stays so while the text is changed. */
  key: string;
  prompt: string;
}

function itemsOf(prompts: readonly string[]): Item[] {
  const seen = new Map<string, number>();
  return prompts.map((prompt) => {
    const times = (seen.get(prompt) ?? 0) + 1;
    seen.set(prompt, times);
    return { key: `${String(times)} ${prompt}`, prompt };
  });
}

/** A text with one prompt more: in blocks, where that or the others have several lines. */
function withPrompt(text: string, prompt: string): string {
  const isBlocks = /^\s*-{3,}\s*$/m.test(text);
  if (!isBlocks && !prompt.includes('\n')) return text ? `${text}\n${prompt}` : prompt;
  const others = isBlocks ? text : text.split('\n').join('\n---\n');
  return `${others ? `${others}\n---\n` : ''}${prompt}\n---\n`;
}

/** Where the prompts come from, what they come to, and which of them are meant. */
export class BatchForm {
  kind = $state<Kind>('prompts');
  text = $state('');
  table = $state('');
  template = $state('');
  path = $state('');
  fileTemplate = $state('');
  name = $state('');
  /** Most that all of them may cost together, in US dollars, as it is written. */
  cap = $state('');
  /** One after another. */
  chain = $state(false);

  items = $state.raw<Item[]>([]);
  problem = $state.raw<Problem | null>(null);
  #left = $state.raw<ReadonlySet<string>>(new Set());
  #asked = 0;
  /** With a template's prompt at its end. */
  #put = '';

  capValid = $derived(this.cap.trim() === '' || Number(this.cap) > 0);
  maxUsd = $derived(this.cap.trim() !== '' && this.capValid ? Number(this.cap) : null);
  columns = $derived(columns(this.table));
  /** Nothing while there is nothing to be read. */
  source: BatchSource | null = $derived.by(() => {
    switch (this.kind) {
      case 'prompts':
        return this.text.trim() ? { kind: 'prompts', text: this.text } : null;
      case 'table': {
        const { table: text, template } = this;
        return text.trim() && template.trim() ? { kind: 'table', text, template } : null;
      }
      case 'file': {
        const { path, fileTemplate } = this;
        return path ? { kind: 'file', path, template: fileTemplate.trim() ? fileTemplate : null } : null;
      }
    }
  });
  chosen = $derived(this.items.filter(({ key }) => !this.#left.has(key)).map(({ prompt }) => prompt));

  constructor(readonly backend: Backend) {}

  /** What is done for each, as it is written: a template's prompt. */
  get words(): string {
    if (this.kind === 'prompts') return this.text.trim();
    return this.kind === 'table' ? this.template : this.fileTemplate;
  }

  /** Takes a template's prompt: for the rows of a table, where it has names in braces. */
  word(prompt: string): void {
    if (this.kind === 'file') this.fileTemplate = prompt;
    else if (this.kind === 'table' || namesIn(prompt).length > 0) {
      this.kind = 'table';
      this.template = prompt;
    } else if (prompt.trim() !== '') {
      if (this.text === this.#put) this.text = '';
      this.text = withPrompt(this.text.trim(), prompt.trim());
      this.#put = this.text;
    }
  }

  isTaken({ key }: Item): boolean {
    return !this.#left.has(key);
  }

  take({ key }: Item, taken: boolean): void {
    const left = new Set(this.#left);
    if (taken) left.delete(key);
    else left.add(key);
    this.#left = left;
  }

  /** Looks at a source once nothing is typed for a moment. Returns what calls it off. */
  look(source: BatchSource | null): () => void {
    const asked = ++this.#asked;
    if (!source) {
      this.#show([], null);
      return () => undefined;
    }
    const timer = setTimeout(() => void this.#read(source, asked), PAUSE);
    return () => clearTimeout(timer);
  }

  async #read(source: BatchSource, asked: number): Promise<void> {
    try {
      const prompts = await this.backend.batchPrompts(source);
      if (asked === this.#asked) this.#show(prompts, null);
    } catch (error) {
      if (asked === this.#asked) this.#show([], asProblem(error));
    }
  }

  #show(prompts: readonly string[], problem: Problem | null): void {
    this.items = itemsOf(prompts);
    this.problem = problem;
  }
}
