import type { Backend } from '../../backend';
import type { Figures, SessionId, ToolMark } from '../../backend/types';

/** How far back the graphs of the panel go: seconds. */
export const SPAN = 600;
/** Points that are asked for. */
const POINTS = 300;

export interface Columns {
  /** Seconds since 1970. */
  at: number[];
  cpu: number[];
  memory: number[];
}

const none: Columns = { at: [], cpu: [], memory: [] };

/** The last ten minutes of a session: what was measured before somebody looked, and what comes from then on. */
export class RecentUse {
  columns = $state.raw<Columns>(none);
  marks = $state.raw<ToolMark[]>([]);
  #asked = 0;

  constructor(
    readonly backend: Backend,
    readonly id: SessionId,
  ) {}

  /** Reads what is there already. What came meanwhile stays. */
  async load(now = Date.now() / 1000): Promise<void> {
    const [from, to] = [Math.floor(now - SPAN), Math.ceil(now)];
    const history = await this.backend.usageHistory([this.id], from, to, POINTS).catch(() => null);
    const curve = history?.sessions.find(({ id }) => id === this.id);
    if (!curve) return;
    const { at, cpu, memory } = this.columns;
    const first = at[0] ?? Infinity;
    const known = curve.at.findIndex((second) => second >= first);
    const count = known < 0 ? curve.at.length : known;
    this.columns = {
      at: [...curve.at.slice(0, count), ...at],
      cpu: [...curve.cpu.slice(0, count), ...cpu],
      memory: [...curve.memory.slice(0, count), ...memory],
    };
  }

  /** One more measurement; what has become too old goes. */
  add(figures: Figures): void {
    const now = figures.at / 1000;
    const { at, cpu, memory } = this.columns;
    if (now <= (at.at(-1) ?? 0)) return;
    const kept = at.findIndex((second) => second >= now - SPAN);
    const from = kept < 0 ? at.length : kept;
    this.columns = {
      at: [...at.slice(from), now],
      cpu: [...cpu.slice(from), figures.cpu],
      memory: [...memory.slice(from), figures.memory],
    };
  }

  /** Reads which tools ran. */
  async mark(now = Date.now()): Promise<void> {
    const asked = ++this.#asked;
    const marks = await this.backend.toolMarks(this.id, now - SPAN * 1000).catch(() => null);
    if (marks && asked === this.#asked) this.marks = marks;
  }
}
