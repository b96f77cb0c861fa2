import type { Backend } from '../backend';
import type { Batch, Earlier, LaunchSpec, SessionId, SessionSummary, SessionView, Snapshot } from '../types';
import { longEntry } from './entries';
import { Terminals } from './terminals';
import { specOf } from './tasks';
import { check } from './usage';
import { no } from './world';

const LONG = 100_000;

/** Sessions in the first picture. */
const FIRST = 100;

/** The backend's twin in memory: for developing in a browser (`?scene=…`), and for tests. */
export class FakeBackend extends Terminals implements Backend {
  readonly acknowledged: number[] = [];

  constructor(scene: string) {
    super(scene);
    this.settings.language = scene === 'korean' ? 'ko' : null;
    this.trusted = scene !== 'trust';
  }

  /** Sessions that the first picture does without. */
  #untold: SessionSummary[] = [];

  first(): Snapshot | null {
    return null;
  }

  async snapshot(all: boolean): Promise<Snapshot> {
    const sessions = [...this.sessions.values()].map((session) => session.summary);
    this.#untold = all ? [] : sessions.splice(FIRST);
    const earlier: Earlier = { counts: {}, cost_usd: 0 };
    for (const { glance, cost_usd } of this.#untold) {
      earlier.counts[glance] = (earlier.counts[glance] ?? 0) + 1;
      earlier.cost_usd += cost_usd;
    }
    const missing = no('cli_missing', 'Bosk found no claude command, so no session can run yet.');
    return {
      seq: this.seq,
      sessions,
      earlier,
      foreign: this.foreign,
      queue: this.tasks,
      overlaps: this.overlaps,
      schedules: this.schedules,
      inbox: this.inbox,
      settings: this.settings,
      repositories:
        this.scene === 'empty'
          ? []
          : [
              { name: 'shop', path: '/home/mina/work/shop' },
              { name: 'site', path: '/home/mina/work/site' },
            ],
      cli:
        this.scene === 'no-cli'
          ? { status: 'unusable', problem: missing }
          : { status: 'ready', path: '/usr/local/bin/claude', version: '2.1.330' },
      auth: this.auth,
      problems:
        this.scene === 'problem'
          ? [
              no(
                'file_damaged',
                'The settings could not be read. They were kept aside as settings.json.bad, and the defaults are in use.',
                'Look at the file, or set things anew.',
              ),
            ]
          : [],
      platform: 'linux',
    };
  }

  async listen(seq: number, onBatch: (batch: Batch) => void): Promise<boolean> {
    this.out = onBatch;
    return seq === this.seq;
  }

  async opened(): Promise<void> {
    const sessions = this.#untold.splice(0);
    if (sessions.length > 0) this.emit({ type: 'older', sessions, earlier: { counts: {}, cost_usd: 0 } });
  }

  async acknowledge(seq: number): Promise<void> {
    this.acknowledged.push(seq);
  }

  async watch(id: SessionId): Promise<SessionView> {
    const { summary, entries, asks, queue, partials } = this.session(id);
    const total = this.scene === 'long' ? LONG : entries.length;
    return {
      summary,
      total,
      entries: (await this.transcriptPage(id, Math.max(0, total - 64), 64)).entries,
      partials: [...partials.values()],
      asks,
      queue,
      offer: {
        commands: [
          { name: 'compact', description: 'Shorten the conversation', argument_hint: '[instructions]' },
          { name: 'review', description: 'Review a change', argument_hint: '' },
        ],
        models: [
          { value: 'claude-sonnet-5-5', display_name: 'Sonnet 5.5', description: '' },
          { value: 'claude-opus-5', display_name: 'Opus 5', description: '' },
        ],
      },
    };
  }

  async unwatch(): Promise<void> {}

  async transcriptPage(id: SessionId, from: number, count: number) {
    const { entries, summary } = this.session(id);
    if (this.scene !== 'long') return { total: entries.length, entries: entries.slice(from, from + count) };
    const end = Math.min(LONG, from + count);
    return {
      total: LONG,
      entries: Array.from({ length: end - from }, (_, at) => longEntry(from + at, summary.created_at)),
    };
  }

  async findInTranscript(id: SessionId, text: string) {
    const low = text.toLowerCase();
    return this.session(id)
      .entries.filter((entry) => JSON.stringify(entry).toLowerCase().includes(low))
      .map(({ index }) => ({ index }));
  }

  async expectLaunch(soon: boolean): Promise<void> {
    this.calls.push({ name: 'expectLaunch', args: [soon] });
  }

  async launch(spec: LaunchSpec): Promise<SessionId> {
    this.calls.push({ name: 'launch', args: [spec] });
    if (spec.limits) check(spec.limits);
    if (!this.trusted) throw no('not_trusted', 'What this repository brings has not been accepted yet.');
    const id = `00000000-0000-4000-9000-${String(this.sessions.size).padStart(12, '0')}`;
    this.start(id, spec);
    return id;
  }

  async tryRehearsal(): Promise<SessionId[]> {
    const names = ['Add a greeting', 'Fix the failing test', 'Explain the sample'];
    return Promise.all(
      names.map((prompt) =>
        this.launch({
          ...specOf(prompt),
          repository: '/tmp/sample',
          backend: { kind: 'rehearsal', script: null },
        }),
      ),
    );
  }

  async send(id: SessionId, uuid: string, text: string, images: unknown[]): Promise<void> {
    this.calls.push({ name: 'send', args: [id, uuid, text, images] });
    const session = this.session(id);
    if (session.summary.state === 'running' && session.summary.turn === 'working') {
      session.queue = [...session.queue, { uuid, text, images: images.length, sent: false }];
      this.waiting(id);
      return;
    }
    this.append(id, { kind: 'prompt', uuid, text, images: images.length });
    this.update(id, {
      state: 'running',
      turn: 'working',
      glance: 'running',
      doing: { kind: 'writing' },
      rewound: null,
      interrupted: false,
      turn_started_at: Date.now(),
    });
    this.stream(id, `You said: *${text}*. That is done.`);
  }

  async editQueued(id: SessionId, uuid: string, text: string): Promise<void> {
    const session = this.session(id);
    session.queue = session.queue.map((message) => (message.uuid === uuid ? { ...message, text } : message));
    this.waiting(id);
  }

  async removeQueued(id: SessionId, uuid: string): Promise<void> {
    const session = this.session(id);
    session.queue = session.queue.filter((message) => message.uuid !== uuid);
    this.waiting(id);
  }

  async answer(id: SessionId, requestId: string, answer: unknown): Promise<void> {
    this.calls.push({ name: 'answer', args: [id, requestId, answer] });
    const session = this.session(id);
    session.asks = session.asks.filter((one) => one.request_id !== requestId);
    this.waiting(id);
    this.update(id, {
      turn: 'working',
      glance: 'running',
      asks: 0,
      doing: { kind: 'writing' },
      turn_started_at: Date.now(),
    });
    this.stream(id, 'Thank you. I went on with that.');
  }

  async tryAgain(id: SessionId): Promise<void> {
    this.calls.push({ name: 'tryAgain', args: [id] });
    this.update(id, {
      state: 'running',
      turn: 'working',
      glance: 'running',
      doing: { kind: 'writing' },
      problem: null,
      stalled: null,
      turn_started_at: Date.now(),
    });
    this.stream(id, 'This time it went through.');
  }
}
