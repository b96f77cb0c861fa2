import type {
  Addition,
  BatchSource,
  Hold,
  LaunchSpec,
  Priority,
  QueuedTask,
  SessionId,
  Settings,
  Wait,
} from '../types';
import { promptsIn } from './batch';
import { Resources } from './resources';
import { summary } from './summary';
import { task, taskId, tasks } from './tasks';
import { check } from './usage';
import { no } from './world';

/** The queue. It starts nothing by itself: whoever looks at it says when. */
export class Tasks extends Resources {
  tasks: QueuedTask[];
  /** What each would wait for if nothing of its own held it. */
  readonly #room = new Map<SessionId, Wait>();
  #added = 0;

  constructor(scene: string) {
    super(scene);
    this.tasks = tasks(scene, Date.now());
    for (const { id, wait } of this.tasks) if (wait) this.#room.set(id, wait);
  }

  async queueAdd(addition: Addition): Promise<SessionId[]> {
    this.calls.push({ name: 'queueAdd', args: [addition] });
    for (const { limits } of addition.specs) if (limits) check(limits);
    if (!this.trusted) throw no('not_trusted', 'What this repository brings has not been accepted yet.');
    const made: QueuedTask[] = [];
    for (const spec of addition.specs) {
      const before = addition.one_after_another ? made.at(-1)?.id : undefined;
      const after = before ? [before] : addition.after;
      const builds_on = before ?? addition.builds_on;
      const { batch, max_usd: batch_max_usd, priority } = addition;
      const id = taskId(1000 + ++this.#added);
      made.push(
        task(id, spec.prompt, Date.now(), { spec, batch, batch_max_usd, priority, after, builds_on }),
      );
    }
    this.tell([...this.tasks, ...made]);
    return made.map(({ id }) => id);
  }

  async queueCancel(id: SessionId): Promise<void> {
    this.#waiting(id);
    const hold: Hold = { why: 'before', task: id };
    const left = this.tasks.filter((one) => one.id !== id);
    this.tell(left.map((one) => (one.after.includes(id) && isFree(one) ? held(one, hold) : one)));
  }

  async queueHold(id: SessionId): Promise<void> {
    this.#put(held(this.#waiting(id), { why: 'person' }));
  }

  async queueRelease(id: SessionId): Promise<void> {
    const one = this.#waiting(id);
    const hold = one.stage === 'waiting' ? one.hold : null;
    if (!hold) throw no('invalid_input', 'The task is not held.');
    const isBatch = (other: QueuedTask) =>
      (hold.why === 'batch' || hold.why === 'budget') &&
      other.batch === one.batch &&
      other.stage === 'waiting' &&
      other.hold?.why === hold.why;
    const undone = hold.why === 'before' ? hold.task : null;
    const after = one.after.filter((other) => other !== undone);
    const freed = { ...one, hold: null, after, builds_on: one.builds_on === undone ? null : one.builds_on };
    this.tell(
      this.tasks.map((other) => {
        if (other === one) return freed as QueuedTask;
        return isBatch(other) ? ({ ...other, hold: null } as QueuedTask) : other;
      }),
    );
  }

  async queueMove(id: SessionId, before: SessionId | null): Promise<void> {
    this.calls.push({ name: 'queueMove', args: [id, before] });
    const one = this.#task(id);
    if (before) this.#task(before);
    const others = this.tasks.filter((other) => other !== one);
    const at = before ? others.findIndex((other) => other.id === before) : others.length;
    this.tell(others.toSpliced(at, 0, one));
  }

  async queuePrioritise(id: SessionId, priority: Priority): Promise<void> {
    this.#put({ ...this.#task(id), priority });
  }

  async batchPrompts(source: BatchSource): Promise<string[]> {
    return promptsIn(source);
  }

  async batchFile(): Promise<string | null> {
    return '/home/mina/work/tasks.csv';
  }

  override async saveSettings(settings: Settings): Promise<void> {
    await super.saveSettings(settings);
    if (settings.wait_for_usage_limit) return;
    for (const [id, wait] of this.#room) if (wait.for === 'usage_limit') this.#room.delete(id);
    if (this.tasks.length > 0) this.tell(this.tasks);
  }

  /** A task's turn has come: it becomes a session. */
  begin(id: SessionId): void {
    const one = this.#task(id);
    this.#put({ ...one, stage: 'running' } as QueuedTask);
    this.start(id, one.spec);
  }

  protected start(id: SessionId, spec: LaunchSpec): void {
    const now = Date.now();
    const one = summary(spec.prompt.split('\n')[0] ?? '', 'running', now, {
      permission_mode: spec.permission_mode,
      doing: { kind: 'thinking' },
      cost_usd: 0,
      limits: spec.limits,
      model: spec.model,
      effort: spec.effort,
      variant: spec.variant,
    });
    const session = this.add({ ...one, id, created_at: now, turn_started_at: now }, []);
    this.emit({ type: 'session', summary: session.summary });
    this.append(id, { kind: 'prompt', uuid: crypto.randomUUID(), text: spec.prompt, images: 0 });
    this.stream(
      id,
      'I’ll start by reading the code around it.\n\n- First the **tests**\n- then the code\n\nDone: the change is small and everything passes.',
    );
  }

  /** Tells the queue as it is from now on. */
  tell(all: QueuedTask[]): void {
    this.tasks = all.map((one) => ({ ...one, wait: this.#wait(one, all) }));
    this.emit({ type: 'queue', tasks: this.tasks });
  }

  #wait(one: QueuedTask, all: QueuedTask[]): Wait | null {
    if (one.stage === 'retrying') return { for: 'retry', at: one.at };
    if (one.stage !== 'waiting') return null;
    if (one.hold) return { for: 'release', hold: one.hold };
    const ids = one.after.filter((id) => all.some((other) => other.id === id));
    if (ids.length > 0) return { for: 'tasks', ids };
    const room = this.#room.get(one.id);
    return room && room.for !== 'release' && room.for !== 'tasks' ? room : { for: 'turn' };
  }

  #task(id: SessionId): QueuedTask {
    const one = this.tasks.find((other) => other.id === id);
    if (!one) throw no('session_unknown', 'No such task is in the queue.');
    return one;
  }

  #waiting(id: SessionId): QueuedTask {
    const one = this.#task(id);
    if (one.stage !== 'waiting') throw no('session_state', 'The task does not wait any more.');
    return one;
  }

  #put(one: QueuedTask): void {
    this.tell(this.tasks.map((other) => (other.id === one.id ? one : other)));
  }
}

const isFree = (one: QueuedTask) => one.stage === 'waiting' && !one.hold;

const held = (one: QueuedTask, hold: Hold) => ({ ...one, stage: 'waiting', hold }) as QueuedTask;
