import type { RunOutput, SessionId } from '../types';
import type { WorktreesBackend } from '../worktrees';
import { Archives } from './archives';
import { no } from './world';

/** The repository's command beside Claude: it says that it is ready, and what it is made to say. */
export class Beside extends Archives implements WorktreesBackend {
  #printed = '> shop@1.0.0 dev\n> vite --port 4300\n\n  \u001b[32mready\u001b[0m in 214 ms\n';
  readonly #waiting = new Set<() => void>();

  constructor(scene: string) {
    super(scene);
    if (scene !== 'worktrees') return;
    for (const { summary } of this.sessions.values())
      Object.assign(summary, { port: 4300, run: { command: 'npm run dev', running: false, code: null } });
  }

  print(text: string): void {
    this.#printed += text;
    this.#answer();
  }

  /** How many wait for it to say more. */
  get listeners(): number {
    return this.#waiting.size;
  }

  #answer(): void {
    const all = [...this.#waiting];
    this.#waiting.clear();
    for (const answer of all) answer();
  }

  #become(id: SessionId, running: boolean, code: number | null): void {
    const { run } = this.session(id).summary;
    this.update(id, { run: { command: 'npm run dev', ...run, running, code } });
    this.#answer();
  }

  async startRun(id: SessionId): Promise<void> {
    this.calls.push({ name: 'startRun', args: [id] });
    if (this.session(id).summary.paused)
      throw no('session_state', 'The session does not run, so nothing was started.', 'Let it go on.');
    this.#become(id, true, null);
  }

  async stopRun(id: SessionId): Promise<void> {
    this.calls.push({ name: 'stopRun', args: [id] });
    this.#become(id, false, null);
  }

  /** It ends by itself. */
  endRun(id: SessionId, code: number): void {
    this.#become(id, false, code);
  }

  async runLog(id: SessionId, from: number): Promise<RunOutput> {
    const runs = () => this.session(id).summary.run?.running ?? false;
    if (from === this.#printed.length && runs()) await new Promise<void>((more) => this.#waiting.add(more));
    const { length } = this.#printed;
    return { from, end: length, text: this.#printed.slice(from), running: runs() };
  }
}
