import type { Chosen, Problem, SessionId, VariantView } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { asProblem } from '../../state/connection';

/** As many as there is room for side by side. */
export const BESIDE = 4;

/** Attempts at the same beside each other, and which of them is kept. */
export class Comparison {
  views = $state.raw<readonly VariantView[]>([]);
  problem = $state.raw<Problem | null>(null);
  /** Those that are looked at side by side. */
  beside = $state.raw<readonly SessionId[]>([]);
  /** The file that is looked at in all of them. */
  path = $state<string | null>(null);
  /** The one that may be kept: it is being asked. */
  asked = $state.raw<VariantView | null>(null);
  busy = $state(false);
  chosen = $state.raw<Chosen | null>(null);
  #begun = false;

  constructor(
    private readonly bosk: Bosk,
    readonly group: string,
  ) {}

  /** Those side by side, by their numbers. */
  columns = $derived.by(() => this.views.filter(({ id }) => this.beside.includes(id)));

  async look(): Promise<void> {
    if (this.chosen || this.busy) return;
    try {
      const views = await this.bosk.backend.compareVariants(this.group);
      if (this.chosen || this.busy) return;
      this.views = views;
      this.problem = null;
      if (!this.#begun) this.beside = best(views);
      this.#begun = true;
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  toggle(id: SessionId): void {
    this.beside = this.beside.includes(id)
      ? this.beside.filter((other) => other !== id)
      : [...this.beside, id];
  }

  /** Keeps the one that is being asked about. */
  async choose(): Promise<void> {
    const { asked } = this;
    if (!asked) return;
    this.busy = true;
    this.problem = null;
    try {
      this.chosen = await this.bosk.backend.chooseVariant(this.group, asked.id);
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.busy = false;
    }
  }
}

/** The first two that have something to show. */
function best(views: readonly VariantView[]): SessionId[] {
  const place = ({ rank, variant }: VariantView) => (rank ?? views.length + 1) * 100 + variant.number;
  return views
    .filter(({ changes }) => changes)
    .sort((a, b) => place(a) - place(b))
    .slice(0, 2)
    .map(({ id }) => id);
}
