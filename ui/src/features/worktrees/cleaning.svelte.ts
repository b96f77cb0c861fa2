import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { CanGo, DeletePlan, Loss, Problem } from '../../backend/types';
import { asProblem } from '../../state/connection';
import { endingOf } from '../../state/ending';
import { several } from '../../state/several';
import { fates } from '../../state/worktrees';
import type { Waste, WorktreesState } from '../../state/worktrees.svelte';

/** Looked at, or cleaned, at the same time: more would only wait for the disk. */
const AT_ONCE = 2;

/** Things of one kind that can go: what each would lose, which of them are to go, and what came of it. */
export class Cleaning {
  /** None where it could not be looked at. */
  readonly plans = new SvelteMap<Waste, DeletePlan | null>();
  readonly ticked = new SvelteSet<Waste>();
  readonly failed = new SvelteMap<Waste, Problem>();
  /** How many are done, while it is at it. */
  running = $state.raw<{ done: number; of: number } | null>(null);
  looked = $derived.by(() => this.what === 'builds' || this.plans.size === this.wastes.length);
  bytes = $derived.by(() => [...this.ticked].reduce((sum, { suggestion }) => sum + suggestion.bytes, 0));
  #isOver = false;

  constructor(
    private readonly trees: WorktreesState,
    readonly what: CanGo['kind'],
    readonly wastes: readonly Waste[],
  ) {
    // What builds made is made again.
    if (what === 'builds') for (const waste of wastes) this.ticked.add(waste);
  }

  /** What of it exists nowhere else. */
  lost(waste: Waste): readonly Loss[] {
    const { now, later } = fates(this.plans.get(waste)?.losses ?? [], this.what === 'old', true);
    return [...now, ...later];
  }

  canTick(waste: Waste): boolean {
    return this.what === 'builds' || Boolean(this.plans.get(waste));
  }

  toggle(waste: Waste, wanted: boolean): void {
    if (wanted) this.ticked.add(waste);
    else this.ticked.delete(waste);
  }

  /** Finds out what each would lose: only what loses nothing is chosen beforehand. Ends when that is no longer wanted. */
  look(): () => void {
    const { backend } = this.trees.bosk;
    const planOf = ({ repository, suggestion: { place } }: Waste) =>
      this.what === 'old' ? backend.archivedDeletePlan(place) : backend.deletePlan(repository, place);
    if (this.what !== 'builds')
      void several(this.wastes, AT_ONCE, async (waste) => {
        if (this.#isOver) return;
        this.plans.set(waste, await planOf(waste).catch(() => null));
        if (this.canTick(waste) && this.lost(waste).length === 0) this.ticked.add(waste);
      });
    return () => (this.#isOver = true);
  }

  /** Cleans what is ticked; one that fails holds up none of the others. What is free now, and what can be put back. */
  async clean(): Promise<{ bytes: number; archives: string[]; failed: number }> {
    const wanted = this.wastes.filter((waste) => this.ticked.has(waste));
    const archives: string[] = [];
    let bytes = 0;
    let done = 0;
    this.failed.clear();
    this.running = { done, of: wanted.length };
    await several(wanted, AT_ONCE, async (waste) => {
      try {
        const gone = await this.#one(waste);
        bytes += gone.bytes;
        if (gone.archive !== null) archives.push(gone.archive);
        this.ticked.delete(waste);
      } catch (error) {
        this.failed.set(waste, asProblem(error));
      }
      this.running = { done: ++done, of: wanted.length };
    });
    this.running = null;
    return { bytes, archives, failed: this.failed.size };
  }

  async #one(waste: Waste): Promise<{ bytes: number; archive: string | null }> {
    const { backend } = this.trees.bosk;
    const { repository, suggestion } = waste;
    const { what, place } = suggestion;
    if (what.kind === 'builds') {
      const bytes = await backend.cleanBuilds(repository, place, what.folders);
      // It is another size now.
      if (this.trees.sizes.delete(place)) void this.trees.measure(place);
      return { bytes, archive: null };
    }
    const plan = this.plans.get(waste);
    if (!plan) return { bytes: 0, archive: null };
    if (what.kind === 'old') {
      await backend.deleteArchived(place, plan.token, false);
      return { bytes: suggestion.bytes, archive: null };
    }
    const { archive } = await backend.deleteWorktree(repository, place, plan.token, false, endingOf([]));
    return { bytes: suggestion.bytes, archive };
  }
}
