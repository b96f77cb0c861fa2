import type { WindowKind } from '../backend';
import type {
  Curve,
  Glance,
  History,
  Killed,
  Limits,
  ProcessUsage,
  Quit,
  SessionId,
  SessionSummary,
  Spent,
  ToolMark,
} from '../types';
import { Desk } from './desk';
import { summary } from './summary';
import * as made from './usage';
import { no } from './world';

const SECOND = 1000;

/** What is used, and what can be done about it. */
export class Resources extends Desk {
  /** How many look. */
  #looking = false;
  #stop: () => void = () => undefined;

  get #live(): SessionSummary[] {
    return [...this.sessions.values()]
      .map(({ summary }) => summary)
      .filter(({ state }) => state !== 'ended' && state !== 'queued');
  }

  /** Those that were started elsewhere and still run. */
  get #elsewhere(): (made.Loaded & { started_at: number })[] {
    return this.foreign
      .filter(({ alive }) => alive)
      .map(({ id, busy, started_at }) => ({
        id,
        started_at,
        glance: busy ? 'running' : 'done',
        paused: null,
      }));
  }

  async look(wanted: boolean): Promise<void> {
    this.#stop();
    this.#looking = wanted;
    if (wanted) this.#stop = this.timer(() => this.#tick(), 0);
  }

  get lookedAt(): boolean {
    return this.#looking;
  }

  #tick(): void {
    this.measure(Date.now());
    this.#stop = this.timer(() => this.#tick(), SECOND);
  }

  /** Tells what everything uses at a time. */
  measure(at: number): void {
    const live = [...this.#live, ...this.#elsewhere];
    this.emit({
      type: 'usage',
      sessions: live.map((session) => ({ id: session.id, ...made.figures(session, at) })),
      machine: made.machine(live, at),
    });
  }

  async spent(since: number): Promise<Spent[]> {
    const tokens = { input: 12_000, output: 8_000, cache_read: 900_000, cache_creation: 40_000 };
    const first = Math.ceil(since / 3600) * 3600;
    const hours = Array.from({ length: Math.floor((Date.now() / 1000 - first) / 3600) }, (_, n) => n);
    const sessions = [...this.sessions.values()].slice(0, 6);
    return hours.flatMap((n) => {
      const at = (first / 3600 + n) % 24;
      const session = sessions[n % sessions.length];
      if (at < 7 || !session) return [];
      const { id, repository } = session.summary;
      const model = n % 3 === 0 ? 'claude-opus-5' : 'claude-sonnet-5-5';
      return [
        { session: id, repository, model, hour: first + n * 3600, cost_usd: 0.05 + (n % 11) * 0.13, tokens },
      ];
    });
  }

  async usageHistory(ids: SessionId[], from: number, to: number, points: number): Promise<History> {
    const step = Math.max(1, Math.ceil((to - from) / points));
    const at = Array.from({ length: Math.floor((to - from) / step) }, (_, point) => from + point * step);
    const curve = (of: (second: number) => ReturnType<typeof made.load>, since: number): Curve => {
      const times = at.filter((second) => second >= since);
      const all = times.map(of);
      return {
        at: times,
        cpu: all.map(({ cpu }) => cpu),
        cpu_max: all.map(({ cpu }) => cpu * 1.3),
        memory: all.map(({ memory }) => memory),
        memory_max: all.map(({ memory }) => memory * 1.05),
        read: all.map(({ rate }) => rate),
        written: all.map(({ rate }) => rate / 3),
      };
    };
    const whole = (second: number) => {
      const { cpu, memory } = made.machine([...this.#live, ...this.#elsewhere], second * SECOND);
      return { cpu, memory, rate: 4e6 };
    };
    return {
      step,
      sessions: ids.flatMap((id) => {
        const other = this.#elsewhere.find((one) => one.id === id);
        if (other) return [{ id, ...curve((second) => made.load(other, second), other.started_at / SECOND) }];
        const summary = this.sessions.get(id)?.summary;
        if (!summary || summary.state === 'queued') return [];
        return [{ id, ...curve((second) => made.load(summary, second), summary.created_at / SECOND) }];
      }),
      machine: curve(whole, from),
      bosk: curve(made.bosk, from),
    };
  }

  async toolMarks(id: SessionId, since: number): Promise<ToolMark[]> {
    return this.session(id)
      .entries.flatMap((entry): ToolMark[] => {
        if (entry.kind !== 'tool_use' || entry.at < since) return [];
        const { index, at, name, cost } = entry;
        const input = entry.input as Record<string, unknown>;
        const detail = input['command'] ?? input['file_path'] ?? input['pattern'] ?? '';
        const to = entry.result ? at + 7000 : null;
        return [{ index, from: at, to, name, detail: String(detail), cost }];
      })
      .slice(-500);
  }

  async processes(id: SessionId): Promise<ProcessUsage[]> {
    const { summary } = this.session(id);
    if (summary.state === 'ended' || summary.state === 'queued') return [];
    return made.processes(summary, Date.now());
  }

  async pause(id: SessionId): Promise<void> {
    const { summary } = this.session(id);
    if (summary.paused || !this.#live.includes(summary)) return;
    this.append(id, { kind: 'paused', by: 'person' });
    this.update(id, { paused: { by: 'person', since: Date.now() }, glance: 'paused' });
  }

  async goOn(id: SessionId): Promise<void> {
    const { summary } = this.session(id);
    if (!summary.paused) return;
    const glances: Record<string, Glance> = { asking: 'needs_you', idle: 'done', working: 'running' };
    const glance = summary.state === 'running' ? (glances[summary.turn] ?? 'running') : 'running';
    this.append(id, { kind: 'went_on' });
    this.update(id, { paused: null, problem: null, glance });
  }

  async pauseAll(): Promise<void> {
    for (const { id } of this.#live) await this.pause(id);
  }

  async goOnAll(): Promise<void> {
    for (const { id } of this.#live) await this.goOn(id);
  }

  async kill(id: SessionId): Promise<Killed> {
    const processes = made.names(await this.processes(id));
    this.append(id, { kind: 'killed', processes, left: [] });
    await this.stop(id);
    return { processes, left: [] };
  }

  async interrupt(id: SessionId, dropQueued: boolean | null): Promise<void> {
    this.calls.push({ name: 'interrupt', args: [id, dropQueued] });
    if (dropQueued) {
      this.session(id).queue = [];
      this.waiting(id);
    }
    this.update(id, { turn: 'idle', glance: 'done', doing: null });
  }

  async stop(id: SessionId): Promise<void> {
    if (this.session(id).asks.length > 0) this.asks(id, []);
    this.append(id, { kind: 'ended', outcome: 'stopped', reason: 'person', left_behind: [] });
    this.update(id, {
      state: 'ended',
      outcome: { outcome: 'stopped', reason: 'person' },
      left_behind: 0,
      glance: 'stopped',
      doing: null,
      paused: null,
    });
  }

  async resume(id: SessionId): Promise<void> {
    this.append(id, { kind: 'resumed' });
    this.update(id, { state: 'running', turn: 'idle', glance: 'done' });
  }

  async adopt(id: SessionId): Promise<void> {
    const one = this.foreign.find((other) => other.id === id);
    if (!one) throw no('session_unknown', 'Claude has no such conversation.');
    if (one.alive) throw no('session_state', 'The session still runs elsewhere.', 'End it there first.');
    this.foreign = this.foreign.filter((other) => other !== one);
    const repository = one.folder.split('/').at(-1) ?? '';
    const made = summary(one.title, 'done', Date.now(), {
      id,
      state: 'ended',
      outcome: { outcome: 'finished' },
      left_behind: 0,
      repository,
      repository_path: one.folder,
      folder: one.folder,
      branch: 'main',
      base: null,
      worktree: false,
      created_at: one.started_at,
    });
    const session = this.add(made);
    this.emit({ type: 'session', summary: session.summary }, { type: 'foreign', sessions: this.foreign });
  }

  async setLimits(id: SessionId, limits: Limits): Promise<void> {
    made.check(limits);
    const { ladder: _, ...values } = limits;
    const isEmpty = Object.values(values).every((value) => value === null);
    this.update(id, { limits: isEmpty ? null : limits });
  }

  async openWindow(kind: WindowKind, id: SessionId | null): Promise<void> {
    this.calls.push({ name: 'openWindow', args: [kind, id] });
  }

  async closeWindow(): Promise<void> {
    this.calls.push({ name: 'closeWindow', args: [] });
  }

  async saveFile(name: string, content: Uint8Array): Promise<string | null> {
    this.calls.push({ name: 'saveFile', args: [name, content] });
    return name;
  }

  async quit(choice: Quit, remember: boolean): Promise<void> {
    this.calls.push({ name: 'quit', args: [choice, remember] });
  }
}
