import type { Problem, SessionId } from '../backend/types';
import type { Bosk } from './bosk.svelte';
import { asProblem } from './connection';
import { isTask, type Row } from './groups';
import { applies, type Deed } from './picked';
import { titleOf } from './queue';
import { several } from './several';
import { oneEach } from './window.svelte';

/** Done at the same time: more would only wait for each other. */
export const AT_ONCE = 4;

/** What did not work for one of them. */
export interface Failure {
  id: SessionId;
  title: string;
  problem: Problem;
}

/** What came of it for all of them. */
export interface Result {
  deed: Deed;
  of: number;
  failed: Failure[];
}

export const nameOfRow = (row: Row) => (isTask(row) ? titleOf(row) : row.title);

/** Something that is done to several sessions or tasks: how far it is, and what came of it. */
export class Bulk {
  running = $state.raw<{ deed: Deed; done: number; of: number } | null>(null);
  /** Of the last one, where not all of it worked. */
  result = $state.raw<Result | null>(null);

  constructor(private readonly bosk: Bosk) {}

  /** The picked rows that are there, as they are listed. */
  get rows(): Row[] {
    return this.bosk.fleet.rows.filter(({ id }) => this.bosk.picked.has(id));
  }

  /** Those that it would change. */
  for(deed: Deed): Row[] {
    return this.rows.filter((row) => applies(deed, row));
  }

  /** Does it for each; one that fails holds up none of the others. */
  async run(deed: Deed, rows: readonly Row[], work: (row: Row) => Promise<unknown>): Promise<Result> {
    const failed: Failure[] = [];
    const of = rows.length;
    let done = 0;
    this.result = null;
    this.running = { deed, done, of };
    await several(rows, AT_ONCE, async (row) => {
      try {
        await work(row);
      } catch (error) {
        failed.push({ id: row.id, title: nameOfRow(row), problem: asProblem(error) });
      }
      this.running = { deed, done: ++done, of };
    });
    this.running = null;
    const result = { deed, of, failed };
    if (failed.length > 0) {
      this.result = result;
      // What the person has opened meanwhile is not pushed aside: the bar leads there as well.
      this.bosk.sheet ??= 'picked-result';
    }
    return result;
  }

  /** Does what needs no question. */
  async simply(deed: Deed): Promise<Result> {
    const { backend } = this.bosk;
    const works: Partial<Record<Deed, (id: SessionId) => Promise<unknown>>> = {
      stop: (id) => backend.stop(id),
      // Messages that wait stay: nothing that was written is lost.
      interrupt: (id) => backend.interrupt(id, false),
      resume: (id) => backend.resume(id),
      pause: (id) => backend.pause(id),
      'go-on': (id) => backend.goOn(id),
      hold: (id) => backend.queueHold(id),
      release: (id) => backend.queueRelease(id),
      cancel: (id) => backend.queueCancel(id),
    };
    return this.run(deed, this.for(deed), async ({ id }) => works[deed]?.(id));
  }
}

/** Of a window. */
export const bulkOf = oneEach((bosk) => new Bulk(bosk));
