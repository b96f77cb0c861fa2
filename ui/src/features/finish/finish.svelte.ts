import type {
  CommitPlan,
  ForgeView,
  Merged,
  MergeHow,
  MergePlan,
  Problem,
  PushPlan,
  SessionSummary,
} from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { asProblem } from '../../state/connection';

export const steps = ['commit', 'merge', 'push', 'request'] as const;
export type Step = (typeof steps)[number];

/** How a session's work is brought to its end: what each step would do, and which one is next. */
export class Finish {
  commit = $state.raw<CommitPlan | null>(null);
  merge = $state.raw<MergePlan | null>(null);
  push = $state.raw<PushPlan | null>(null);
  /** Asked for only once it is looked at: it takes the net. */
  forge = $state.raw<ForgeView | null>(null);
  problems = $state.raw<Partial<Record<Step, Problem>>>({});
  busy = $state<Step | null>(null);
  /** What stands first. Null where nothing is left to be done here. */
  next = $state<Step | null>(null);
  /** Whether it is known what is next. */
  looked = $state(false);
  how = $state<MergeHow>('merge');
  target = $state<string | null>(null);
  merged = $state.raw<{ target: string; merged: Merged } | null>(null);
  /** Whether the person pushes rather than merges. */
  #pushes = false;

  constructor(
    private readonly bosk: Bosk,
    readonly session: SessionSummary,
  ) {}

  async begin(): Promise<void> {
    this.#pushes = (await this.bosk.backend.recall('finish-by').catch(() => null)) === 'push';
    await this.look();
  }

  /** Looks at everything, and sees what is next. */
  async look(): Promise<void> {
    const { backend } = this.bosk;
    const { id } = this.session;
    await Promise.all([
      this.#see('commit', async () => (this.commit = await backend.commitPlan(id))),
      this.lookAtMerge(),
      this.#see('push', async () => (this.push = await backend.pushPlan(id))),
    ]);
    this.next = this.#whatIsNext();
    this.looked = true;
  }

  async lookAtMerge(): Promise<void> {
    const { id } = this.session;
    await this.#see(
      'merge',
      async () => (this.merge = await this.bosk.backend.mergePlan(id, this.target, this.how)),
    );
  }

  async lookAtForge(): Promise<void> {
    await this.#see('request', async () => (this.forge = await this.bosk.backend.forge(this.session.id)));
  }

  #whatIsNext(): Step | null {
    const { commit, merge, push } = this;
    if (commit && commit.staged + commit.unstaged + commit.conflicted > 0) return 'commit';
    const merges = merge && merge.ahead > 0 ? ('merge' as const) : null;
    const pushes = push && push.ahead > 0 && push.remotes.length > 0 ? ('push' as const) : null;
    // What came of it, and that it can be undone.
    if (this.merged) return 'merge';
    return this.#pushes ? (pushes ?? merges) : (merges ?? pushes);
  }

  /** Does a step; then the branch is looked at anew, since what was seen is no longer so. Whether it was done. */
  async run(step: Step, work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = step;
    this.#tell(step, null);
    try {
      await work();
      if (step === 'merge' || step === 'push') {
        this.#pushes = step === 'push';
        void this.bosk.backend.remember('finish-by', step).catch(() => undefined);
      }
      if (step !== 'request') await this.look();
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (step !== 'request') await this.look();
      this.#tell(step, problem);
      return false;
    } finally {
      this.busy = null;
    }
  }

  async #see(step: Step, look: () => Promise<unknown>): Promise<void> {
    try {
      await look();
      this.#tell(step, null);
    } catch (error) {
      this.#tell(step, asProblem(error));
    }
  }

  #tell(step: Step, problem: Problem | null): void {
    const { [step]: _before, ...others } = this.problems;
    this.problems = problem ? { ...others, [step]: problem } : others;
  }
}
