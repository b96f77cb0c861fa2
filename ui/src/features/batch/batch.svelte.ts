import type { Backend } from '../../backend';
import type { BatchSource, Problem } from '../../backend/types';
import { asProblem } from '../../state/connection';
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

/** Where the prompts come from, what they come to, and which of them are meant. */
export class BatchForm {
  kind = $state<Kind>('prompts');
  text = $state('');
  table = $state('');
  template = $state('');
  path = $state('');
  fileTemplate = $state('');
  name = $state('');
  /** One after another. */
  chain = $state(false);

  items = $state.raw<Item[]>([]);
  problem = $state.raw<Problem | null>(null);
  #left = $state.raw<ReadonlySet<string>>(new Set());
  #asked = 0;

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
