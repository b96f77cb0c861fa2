import type { Problem } from '../backend/types';
import { asProblem } from './connection';

/** Something that is looked at before it is done. Where it is refused, what was seen is no longer so: it is looked at anew. */
export class Planned<Plan> {
  plan = $state.raw<Plan | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  constructor(private readonly see: () => Promise<Plan>) {}

  async look(): Promise<void> {
    this.problem = null;
    try {
      this.plan = await this.see();
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  /** What it depends on has changed: not by what is being done just now, which looks again itself where it fails. */
  async lookAgain(): Promise<void> {
    if (!this.busy) await this.look();
  }

  async run(work: (plan: Plan) => Promise<void>): Promise<void> {
    const { plan } = this;
    if (plan === null) return;
    this.busy = true;
    this.problem = null;
    try {
      await work(plan);
    } catch (error) {
      const refused = asProblem(error);
      this.plan = null;
      await this.look();
      this.problem ??= refused;
    } finally {
      this.busy = false;
    }
  }
}
