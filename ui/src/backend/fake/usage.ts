import type {
  Figures,
  KilledProcess,
  Limits,
  MachineUsage,
  ProcessUsage,
  SessionSummary,
  Usage,
} from '../types';
import { no } from './world';

/** Made-up figures: the same for the same session and the same second. */

const GB = 1_000_000_000;

/** From 0 to 1, by a seed and a step. */
function chance(seed: number, step: number): number {
  const value = Math.sin(seed * 12.9898 + step * 78.233) * 43758.5453;
  return value - Math.floor(value);
}

function seedOf(id: string): number {
  let seed = 7;
  for (const letter of id) seed = (seed * 31 + letter.charCodeAt(0)) % 9973;
  return seed;
}

/** What the made-up figures of a session depend on. */
export type Loaded = Pick<SessionSummary, 'id' | 'glance' | 'paused'>;

interface Load {
  cpu: number;
  memory: number;
  rate: number;
}

/** What a session uses at a time, in seconds since 1970. */
export function load(session: Loaded, second: number): Load {
  const seed = seedOf(session.id);
  const base = 0.3 * GB + (seed % 7) * 0.11 * GB;
  const isFrozen = session.paused !== null && second * 1000 >= session.paused.since;
  const when = isFrozen && session.paused ? session.paused.since / 1000 : second;
  const wave = Math.sin(when / (20 + (seed % 11)) + seed) ** 2;
  const memory = base + wave * 1.4 * GB + chance(seed, Math.floor(when / 5)) * 0.05 * GB;
  if (isFrozen) return { cpu: 0, memory, rate: 0 };
  if (session.glance !== 'running') return { cpu: chance(seed, second) * 0.02, memory: base, rate: 0 };
  const cpu = 0.15 + wave * 2.8 + chance(seed, Math.floor(second)) * 0.5;
  return { cpu, memory, rate: wave > 0.7 ? chance(seed, Math.floor(second / 2)) * 24e6 : 0 };
}

export function usage(loaded: Load, at: number, more: Partial<Usage> = {}): Usage {
  return {
    at,
    cpu: loaded.cpu,
    cpu_seconds: (at / 1000) % 5000,
    memory: Math.round(loaded.memory),
    memory_kind: 'pss',
    processes: loaded.cpu > 0.1 ? 7 : 2,
    threads: loaded.cpu > 0.1 ? 64 : 21,
    files: 143,
    read: 840e6,
    written: 212e6,
    read_rate: Math.round(loaded.rate),
    write_rate: Math.round(loaded.rate / 3),
    state: loaded.cpu > 0.1 ? 'running' : 'sleeping',
    ...more,
  };
}

export function figures(session: Loaded, at: number): Figures {
  const frozen = session.paused ? { state: 'stopped' as const, processes: 7 } : {};
  return { ...usage(load(session, at / 1000), at, frozen), mechanism: 'cgroup' };
}

export function machine(sessions: Loaded[], at: number): MachineUsage {
  const all = sessions.map((session) => load(session, at / 1000));
  const sum = (part: (one: Load) => number) => all.reduce((total, one) => total + part(one), 0);
  return {
    at,
    cpu: Math.min(16, 0.9 + sum(({ cpu }) => cpu)),
    cores: 16,
    memory: Math.round(6.1 * GB + sum(({ memory }) => memory)),
    memory_total: 34_359_738_368,
    swap: 0,
    memory_pressure: 0.01,
    spare: 240_000_000,
    bosk: usage(bosk(at / 1000), at, { processes: 9 }),
  };
}

export function bosk(second: number): Load {
  return { cpu: 0.03 + chance(3, second) * 0.05, memory: 0.21 * GB, rate: 0 };
}

const tree: [pid: number, parent: number, name: string, part: number][] = [
  [4120, 4001, 'claude', 0.1],
  [4122, 4120, 'npm test', 0.05],
  [4131, 4122, 'node', 0.55],
  [4132, 4131, 'node (worker 1)', 0.15],
  [4133, 4131, 'node (worker 2)', 0.15],
  [4140, 4120, 'git', 0],
];

export function processes(session: SessionSummary, at: number): ProcessUsage[] {
  const { cpu, memory, threads, files } = figures(session, at);
  const busy = session.paused !== null || cpu > 0.1;
  return tree.slice(0, busy ? tree.length : 1).map(([pid, parent, name, part]) => ({
    pid,
    parent,
    name,
    started: session.created_at + pid,
    cpu: cpu * part,
    cpu_seconds: 120 * part,
    memory: Math.round(memory * (busy ? part : 1)),
    threads: Math.ceil(threads * part) + 1,
    files: Math.ceil(files * part) + 3,
    state: session.paused ? 'stopped' : part > 0.1 && cpu > 0.1 ? 'running' : 'sleeping',
  }));
}

export function names(all: ProcessUsage[]): KilledProcess[] {
  return all.map(({ pid, name }) => ({ pid, name }));
}

/** As the real one refuses what would harm. */
export function check(limits: Limits): void {
  const refuse = (what: string) => no('invalid_input', `${what} Nothing was changed.`);
  if (limits.memory !== null && limits.memory < 2 ** 30)
    throw refuse('Memory cannot be limited to less than 1 GiB: Claude itself would come to a halt.');
  if (limits.processes !== null && limits.processes < 8)
    throw refuse('Fewer than 8 processes are not enough for Claude and one tool.');
}
