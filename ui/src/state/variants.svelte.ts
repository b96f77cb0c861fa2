import type { SessionId, SessionSummary } from '../backend/types';
import type { Bosk } from './bosk.svelte';
import { titleOf } from './queue';
import type { Store } from './store.svelte';
import { oneEach } from './window.svelte';

/** One of several attempts at the same, as far as the window knows it. */
export interface Attempt {
  id: SessionId;
  label: string;
  number: number;
  /** None while it waits in the queue. */
  session: SessionSummary | null;
}

export interface Group {
  name: string;
  title: string;
  /** By their numbers. */
  attempts: Attempt[];
}

/** Whether it is over: it neither works nor waits, and its check has said what it had to. */
function isOver({ session }: Attempt): boolean {
  return (
    session !== null &&
    ['done', 'failed', 'stopped'].includes(session.glance) &&
    session.check?.verdict !== 'checking'
  );
}

/** Whether there is something to compare, and nothing more to come. */
export const isDone = ({ attempts }: Group) => attempts.length > 1 && attempts.every(isOver);

/** All groups of attempts that there are, in the order of their first ones. */
export function groupsOf({ sessions, queue }: Store): Map<string, Group> {
  const found = new Map<string, Group>();
  const add = (name: string, title: string, attempt: Attempt) => {
    const group = found.get(name);
    if (group) group.attempts.push(attempt);
    else found.set(name, { name, title, attempts: [attempt] });
  };
  for (const session of sessions.values()) {
    const { id, title, variant } = session;
    if (variant) add(variant.group, title, { id, label: variant.label, number: variant.number, session });
  }
  for (const task of queue) {
    const { variant } = task.spec;
    if (variant && !sessions.has(task.id))
      add(variant.group, titleOf(task), {
        id: task.id,
        label: variant.label,
        number: variant.number,
        session: null,
      });
  }
  for (const { attempts } of found.values()) attempts.sort((a, b) => a.number - b.number);
  return found;
}

/** Groups of attempts: which is looked at, and which of them got done while somebody was here. */
export class Variants {
  /** The group that is compared. */
  compared = $state<string | null>(null);
  /** Those that got done and were not looked at since. */
  finished = $state.raw<readonly string[]>([]);
  readonly #atWork = new Set<string>();

  constructor(private readonly bosk: Bosk) {}

  get groups(): ReadonlyMap<string, Group> {
    return groupsOf(this.bosk.store);
  }

  /** The group of what is on screen. */
  get here(): Group | null {
    const variant = this.bosk.session?.variant ?? this.bosk.task?.spec.variant;
    return (variant && this.groups.get(variant.group)) ?? null;
  }

  compare(name: string): void {
    this.dismiss(name);
    this.compared = name;
    this.bosk.sheet = 'variants';
  }

  dismiss(name: string): void {
    this.finished = this.finished.filter((other) => other !== name);
  }

  /** Sees which have got done. */
  watch(groups: ReadonlyMap<string, Group>): void {
    for (const group of groups.values()) {
      if (!isDone(group)) this.#atWork.add(group.name);
      else if (this.#atWork.delete(group.name)) this.finished = [...this.finished, group.name];
    }
    const isThere = (name: string) => (groups.get(name)?.attempts.length ?? 0) > 1;
    if (!this.finished.every(isThere)) this.finished = this.finished.filter(isThere);
  }
}

/** Of a window. */
export const variantsOf = oneEach((bosk) => new Variants(bosk));
