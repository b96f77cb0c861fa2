import type { Effort, VariantKind } from '../../backend/types';

/** As many as can be compared at once: `bosk_core::variants::MOST`. */
export const MOST = 16;

/** As many characters of instructions as stand in a label. */
const LABEL = 40;

/** One attempt as it would be launched. */
export interface Planned {
  /** The same for the same attempt: what was left out stays so while others are chosen. */
  key: string;
  kind: VariantKind;
}

const toggled = <Value>(all: readonly Value[], value: Value): Value[] =>
  all.includes(value) ? all.filter((other) => other !== value) : [...all, value];

/** Blocks between lines of dashes, or else one a line: as a batch's prompts are read. */
function blocks(text: string): string[] {
  const divider = /^\s*-{3,}\s*$/m;
  return text
    .split(divider.test(text) ? new RegExp(divider, 'gm') : '\n')
    .map((one) => one.trim())
    .filter(Boolean);
}

/** How attempts at the same are to differ: each model with each effort and each instruction. */
export class VariantsForm {
  models = $state.raw<readonly string[]>([]);
  efforts = $state.raw<readonly Effort[]>([]);
  instructions = $state('');
  /** How often each. */
  count = $state('1');
  #left = $state.raw<readonly string[]>([]);

  times = $derived(/^\d+$/.test(this.count.trim()) ? Number(this.count) : 0);
  /** Whether it is to be tried in several ways at all. */
  wanted = $derived(
    this.models.length > 0 || this.efforts.length > 0 || this.instructions.trim() !== '' || this.times !== 1,
  );
  /** All that it comes to; more than can be compared are not made. */
  planned = $derived.by((): Planned[] => {
    if (!this.wanted) return [];
    const any = <Value>(all: readonly Value[]): readonly (Value | null)[] => (all.length > 0 ? all : [null]);
    const kinds = any(this.models).flatMap((model) =>
      any(this.efforts).flatMap((effort) =>
        any(blocks(this.instructions)).map((instructions) => ({ model, effort, instructions, count: 1 })),
      ),
    );
    const times = Math.min(this.times, MOST + 1);
    return kinds.slice(0, MOST + 1).flatMap((kind) =>
      Array.from({ length: times }, (_, at) => ({
        key: [kind.model, kind.effort, kind.instructions, at].join('\n'),
        kind,
      })),
    );
  });
  chosen = $derived(this.planned.filter(({ key }) => !this.#left.includes(key)));
  fits = $derived(!this.wanted || (this.chosen.length >= 2 && this.chosen.length <= MOST));
  /** As the backend takes them: alike ones together. */
  kinds = $derived.by((): VariantKind[] => {
    const counts = new Map<VariantKind, number>();
    for (const { kind } of this.chosen) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].map(([kind, count]) => ({ ...kind, count }));
  });

  toggleModel(model: string): void {
    this.models = toggled(this.models, model);
  }

  toggleEffort(effort: Effort): void {
    this.efforts = toggled(this.efforts, effort);
  }

  isTaken({ key }: Planned): boolean {
    return !this.#left.includes(key);
  }

  take({ key }: Planned): void {
    this.#left = toggled(this.#left, key);
  }

  clear(): void {
    this.models = [];
    this.efforts = [];
    this.instructions = '';
    this.count = '1';
    this.#left = [];
  }
}

/** What each will be called: what sets it apart from the others, as the backend says it. */
export function labels(chosen: readonly Planned[]): string[] {
  const kinds = chosen.map(({ kind }) => kind);
  const differs = (part: 'model' | 'effort' | 'instructions') =>
    kinds.some((kind) => kind[part] !== kinds[0]?.[part]);
  const parts = (['model', 'effort', 'instructions'] as const).filter(differs);
  const names = kinds.map((kind) => parts.map((part) => shortened(kind[part] ?? 'default')).join(' · '));
  return names.map((name, at) => {
    if (name === '') return String(at + 1);
    const same = names.filter((other) => other === name).length;
    if (same === 1) return name;
    return `${name} · ${names.slice(0, at + 1).filter((other) => other === name).length}`;
  });
}

function shortened(text: string): string {
  const line = [...text.split(/\s+/).filter(Boolean).join(' ')];
  return line.length > LABEL ? `${line.slice(0, LABEL).join('')}…` : line.join('');
}
