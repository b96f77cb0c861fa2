import type { ConflictFile, Problem, Resolution, SessionId } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import type { Bosk } from '../../state/bosk.svelte';
import { asProblem } from '../../state/connection';
import { conflictsOf } from '../../state/conflicts.svelte';

/** The conflicts of a session being resolved: which file is looked at, and what is written of it. */
export class Resolving {
  path = $state<string | null>(null);
  file = $state.raw<ConflictFile | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  looked = $state(false);
  /** Said where it went on and stopped again. */
  stopped = $state(false);
  /** What was begun of each file: there again when it is looked at again. */
  readonly #drafts = new Map<string, string>();

  constructor(
    private readonly bosk: Bosk,
    readonly session: SessionId,
  ) {}

  get now() {
    return conflictsOf(this.bosk).now;
  }

  async look(): Promise<void> {
    await conflictsOf(this.bosk).look(this.session);
    this.looked = true;
    await this.open(
      this.path && this.now.files.includes(this.path) ? this.path : (this.now.files[0] ?? null),
    );
  }

  async open(path: string | null): Promise<void> {
    this.path = path;
    this.file = null;
    this.problem = null;
    if (path === null || !this.now.files.includes(path)) return;
    try {
      const file = await this.bosk.backend.conflictFile(this.session, path);
      if (this.path === path) this.file = file;
    } catch (error) {
      if (this.path === path) this.problem = asProblem(error);
    }
  }

  /** What the result begins with. */
  textOf({ path, now }: ConflictFile): string {
    return this.#drafts.get(path) ?? now ?? '';
  }

  write(path: string, text: string): void {
    this.#drafts.set(path, text);
  }

  async resolve(file: ConflictFile, resolution: Resolution): Promise<void> {
    await this.#do(async () => {
      const { path, stamp } = file;
      this.#take(await this.bosk.backend.resolveConflict(this.session, path, stamp, resolution));
      this.#drafts.delete(path);
      this.bosk.said = t('conflict.done', { path });
      await this.open(this.now.files[0] ?? null);
    });
  }

  /** Whether nothing stands half-way any more. */
  async goOn(): Promise<boolean> {
    return this.#do(async () => {
      this.#take(await this.bosk.backend.goOnOperation(this.session));
      this.stopped = this.now.operation !== null;
      if (this.stopped) await this.open(this.now.files[0] ?? null);
      else this.bosk.said = t('conflict.over');
    }).then((done) => done && this.now.operation === null);
  }

  async abort(): Promise<boolean> {
    return this.#do(async () => {
      await this.bosk.backend.abortOperation(this.session);
      await conflictsOf(this.bosk).look(this.session);
      this.bosk.said = t('conflict.aborted');
    });
  }

  async handOver(): Promise<boolean> {
    return this.#do(async () => {
      await this.bosk.backend.handOverConflicts(this.session);
      this.bosk.said = t('conflict.handedOver');
    });
  }

  #take(now: ReturnType<typeof conflictsOf>['now']): void {
    conflictsOf(this.bosk).take(this.session, now);
  }

  async #do(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    this.stopped = false;
    try {
      await work();
      return true;
    } catch (error) {
      const refused = asProblem(error);
      // What was seen may be no longer so. What was written stays.
      await this.look();
      this.problem = refused;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
