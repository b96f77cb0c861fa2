import type { Backend } from '../backend';
import type {
  Ask,
  AuthStatus,
  Batch,
  Entry,
  Event,
  LaunchSpec,
  PartialBlock,
  Problem,
  QueuedMessage,
  SessionId,
  SessionSummary,
  SessionView,
  Settings,
  Snapshot,
} from '../types';
import { conversation, longEntry, troubles } from './entries';
import { ask, fleet, summary } from './scenes';

interface Session {
  summary: SessionSummary;
  entries: Entry[];
  asks: Ask[];
  queue: QueuedMessage[];
  partials: Map<number, PartialBlock>;
}

const LONG = 100_000;
const no = (code: Problem['code'], message: string, hint: string | null = null): Problem => ({
  code,
  message,
  hint,
});

/** The backend's twin in memory: for developing in a browser (`?scene=…`), and for tests. */
export class FakeBackend implements Backend {
  readonly sessions = new Map<SessionId, Session>();
  settings: Settings = { worktrees: null, claude: null, api_billing: false, language: null, theme: null };
  auth: AuthStatus = {
    logged_in: true,
    method: 'claude.ai',
    email: 'mina@example.com',
    token_stored: null,
    api_billing: false,
  };
  readonly acknowledged: number[] = [];
  readonly calls: { name: string; args: unknown[] }[] = [];
  trusted = true;
  #kept = new Map<string, unknown>();
  #seq = 0;
  #block = 0;
  #out: (batch: Batch) => void = () => undefined;

  constructor(readonly scene: string) {
    const now = Date.now();
    for (const one of fleet(scene, now)) this.#add(one);
    this.settings.language = scene === 'korean' ? 'ko' : null;
    this.trusted = scene !== 'trust';
  }

  #add(one: SessionSummary, entries?: Entry[]): Session {
    const start = one.created_at;
    const made =
      entries ??
      (this.scene === 'trouble'
        ? troubles(start)
        : one.glance === 'queued'
          ? []
          : conversation(start, one.title));
    const asks = one.glance === 'needs_you' ? [ask(this.scene, one.last_event_at)] : [];
    const queue =
      this.scene === 'queue'
        ? [{ uuid: 'queued-1', text: 'Then update the changelog too', images: 0, sent: false }]
        : [];
    const session = { summary: one, entries: made, asks, queue, partials: new Map() };
    this.sessions.set(one.id, session);
    return session;
  }

  #session(id: SessionId): Session {
    const session = this.sessions.get(id);
    if (!session) throw no('session_unknown', 'No session has that id.');
    return session;
  }

  emit(...events: Event[]): void {
    const after = this.#seq;
    this.#seq += events.length;
    this.#out({ seq: this.#seq, after, events });
  }

  update(id: SessionId, change: Record<string, unknown>): void {
    const session = this.#session(id);
    session.summary = { ...session.summary, ...change, last_event_at: Date.now() } as SessionSummary;
    this.emit({ type: 'session', summary: session.summary });
  }

  append(id: SessionId, body: Record<string, unknown>): void {
    const session = this.#session(id);
    const entry = { parent: null, ...body, index: session.entries.length, at: Date.now() } as Entry;
    session.entries.push(entry);
    this.emit({ type: 'entries', id, total: session.entries.length, entries: [entry] });
  }

  async subscribe(onBatch: (batch: Batch) => void): Promise<Snapshot> {
    this.#out = onBatch;
    const missing = no('cli_missing', 'Bosk found no claude command, so no session can run yet.');
    return {
      seq: this.#seq,
      sessions: [...this.sessions.values()].map((session) => session.summary),
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

  async acknowledge(seq: number): Promise<void> {
    this.acknowledged.push(seq);
  }

  async watch(id: SessionId): Promise<SessionView> {
    const { summary, entries, asks, queue, partials } = this.#session(id);
    const total = this.scene === 'long' ? LONG : entries.length;
    return {
      summary,
      total,
      entries: (await this.transcriptPage(id, Math.max(0, total - 64), 64)).entries,
      partials: [...partials.values()],
      asks,
      queue,
      commands: [
        { name: 'compact', description: 'Shorten the conversation', argument_hint: '[instructions]' },
        { name: 'review', description: 'Review a change', argument_hint: '' },
      ],
      models: [
        { value: 'claude-sonnet-5-5', display_name: 'Sonnet 5.5', description: '' },
        { value: 'claude-opus-5', display_name: 'Opus 5', description: '' },
      ],
    };
  }

  async unwatch(): Promise<void> {}

  async transcriptPage(id: SessionId, from: number, count: number) {
    const { entries, summary } = this.#session(id);
    if (this.scene !== 'long') return { total: entries.length, entries: entries.slice(from, from + count) };
    const end = Math.min(LONG, from + count);
    return {
      total: LONG,
      entries: Array.from({ length: end - from }, (_, at) => longEntry(from + at, summary.created_at)),
    };
  }

  async findInTranscript(id: SessionId, text: string) {
    const low = text.toLowerCase();
    return this.#session(id)
      .entries.filter((entry) => JSON.stringify(entry).toLowerCase().includes(low))
      .map(({ index }) => ({ index }));
  }

  async describeRepository(path: string) {
    if (path.includes('plain'))
      throw no(
        'not_a_repository',
        `${path} is not inside a git repository.`,
        'Choose another folder, or make it a repository.',
      );
    const base = (kind: 'branch' | 'remote' | 'tag', name: string) => ({
      kind,
      name,
      reference: `refs/${kind}/${name}`,
      commit: 'c0ffee',
      subject: 'Fix the build',
      committed_at: 0,
    });
    return {
      name: path.split('/').at(-1) ?? path,
      path,
      head: 'main',
      bases: [base('branch', 'main'), base('remote', 'origin/main'), base('tag', 'v1.2')],
    };
  }

  async initRepository(): Promise<void> {}

  async planLaunch(spec: LaunchSpec) {
    if (spec.branch === 'main')
      throw no('branch_exists', 'A branch named main exists already.', 'Choose another name.');
    const slug =
      spec.prompt
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40) || 'task';
    const branch = spec.branch ?? slug;
    return {
      repository: {
        root: spec.repository,
        name: 'shop',
        head: { state: 'branch' as const, name: 'main', commit: 'c0ffee' },
      },
      folder: spec.worktree ? `/home/mina/.bosk/worktrees/shop/${branch}` : spec.repository,
      branch: spec.worktree ? branch : 'main',
      base_name: spec.base ?? 'main',
      base_commit: 'c0ffee',
    };
  }

  async trustReport() {
    return {
      state: 'unknown' as const,
      fingerprint: 'abc',
      findings: [
        {
          kind: 'hook' as const,
          name: 'PreToolUse (Bash)',
          detail: './scripts/check.sh | tee log',
          file: '.claude/settings.json',
        },
        { kind: 'permission' as const, name: 'Bash(npm run *)', detail: null, file: '.claude/settings.json' },
        { kind: 'mcp_server' as const, name: 'tracker', detail: 'npx -y tracker-mcp', file: '.mcp.json' },
        { kind: 'setup_script' as const, name: 'setup', detail: 'npm ci', file: 'bosk.toml' },
      ],
    };
  }

  async acceptTrust(): Promise<void> {
    this.trusted = true;
  }

  async launch(spec: LaunchSpec): Promise<SessionId> {
    this.calls.push({ name: 'launch', args: [spec] });
    if (!this.trusted) throw no('not_trusted', 'What this repository brings has not been accepted yet.');
    const one = summary(spec.prompt.split('\n')[0] ?? '', 'running', Date.now(), {
      permission_mode: spec.permission_mode,
      doing: { kind: 'thinking' },
      cost_usd: 0,
    });
    const id = `00000000-0000-4000-9000-${String(this.sessions.size).padStart(12, '0')}`;
    const session = this.#add({ ...one, id, created_at: Date.now(), turn_started_at: Date.now() }, []);
    this.emit({ type: 'session', summary: session.summary });
    this.append(id, { kind: 'prompt', uuid: crypto.randomUUID(), text: spec.prompt, images: 0 });
    this.stream(
      id,
      'I’ll start by reading the code around it.\n\n- First the **tests**\n- then the code\n\nDone: the change is small and everything passes.',
    );
    return id;
  }

  async tryRehearsal(): Promise<SessionId[]> {
    const names = ['Add a greeting', 'Fix the failing test', 'Explain the sample'];
    return Promise.all(
      names.map((prompt) =>
        this.launch({
          repository: '/tmp/sample',
          prompt,
          images: [],
          base: null,
          branch: null,
          worktree: true,
          model: null,
          effort: null,
          permission_mode: 'manual',
          allowed_tools: [],
          denied_tools: [],
          append_system_prompt: null,
          max_turns: null,
          max_budget_usd: null,
          backend: { kind: 'rehearsal', script: null },
        }),
      ),
    );
  }

  /** Streams words as the real backend does: in pieces, then the entry in their place. */
  stream(id: SessionId, text: string, every = 30): void {
    const block = ++this.#block;
    const pieces = text.match(/[^]{1,7}/gu) ?? [];
    let from = 0;
    const tick = () => {
      const piece = pieces.shift();
      if (piece === undefined) {
        const { entries, partials } = this.#session(id);
        const entry: Entry = { kind: 'text', text, parent: null, index: entries.length, at: Date.now() };
        entries.push(entry);
        partials.delete(block);
        this.emit(
          { type: 'entries', id, total: entries.length, entries: [entry] },
          { type: 'partials', id, partials: [], done: [block] },
        );
        this.update(id, { turn: 'idle', glance: 'done', doing: null, turn_started_at: null });
        return;
      }
      const partial: PartialBlock = { block, parent: null, part: { kind: 'text' }, from, text: piece };
      this.#session(id).partials.set(block, {
        ...partial,
        from: 0,
        text: text.slice(0, text.length - pieces.join('').length),
      });
      from += new TextEncoder().encode(piece).length;
      this.emit({ type: 'partials', id, partials: [partial], done: [] });
      setTimeout(tick, every);
    };
    tick();
  }

  async send(id: SessionId, uuid: string, text: string, images: unknown[]): Promise<void> {
    this.calls.push({ name: 'send', args: [id, uuid, text, images] });
    const session = this.#session(id);
    if (session.summary.state === 'running' && session.summary.turn === 'working') {
      session.queue = [...session.queue, { uuid, text, images: images.length, sent: false }];
      this.#waiting(id);
      return;
    }
    this.append(id, { kind: 'prompt', uuid, text, images: images.length });
    this.update(id, {
      state: 'running',
      turn: 'working',
      glance: 'running',
      doing: { kind: 'writing' },
      turn_started_at: Date.now(),
    });
    this.stream(id, `You said: *${text}*. That is done.`);
  }

  #waiting(id: SessionId): void {
    const { asks, queue } = this.#session(id);
    this.emit({ type: 'waiting', id, asks, queue });
  }

  async editQueued(id: SessionId, uuid: string, text: string): Promise<void> {
    const session = this.#session(id);
    session.queue = session.queue.map((message) => (message.uuid === uuid ? { ...message, text } : message));
    this.#waiting(id);
  }

  async removeQueued(id: SessionId, uuid: string): Promise<void> {
    const session = this.#session(id);
    session.queue = session.queue.filter((message) => message.uuid !== uuid);
    this.#waiting(id);
  }

  async answer(id: SessionId, requestId: string, answer: unknown): Promise<void> {
    this.calls.push({ name: 'answer', args: [id, requestId, answer] });
    const session = this.#session(id);
    session.asks = session.asks.filter((one) => one.request_id !== requestId);
    this.#waiting(id);
    this.update(id, {
      turn: 'working',
      glance: 'running',
      asks: 0,
      doing: { kind: 'writing' },
      turn_started_at: Date.now(),
    });
    this.stream(id, 'Thank you. I went on with that.');
  }

  async interrupt(id: SessionId): Promise<void> {
    this.calls.push({ name: 'interrupt', args: [id] });
    this.update(id, { turn: 'idle', glance: 'done', doing: null });
  }

  async stop(id: SessionId): Promise<void> {
    this.append(id, { kind: 'ended', outcome: 'stopped', reason: 'person', left_behind: [] });
    this.update(id, {
      state: 'ended',
      outcome: { outcome: 'stopped', reason: 'person' },
      left_behind: 0,
      glance: 'stopped',
      doing: null,
    });
  }

  async resume(id: SessionId): Promise<void> {
    this.append(id, { kind: 'resumed' });
    this.update(id, { state: 'running', turn: 'idle', glance: 'done' });
  }

  async answerSetup(): Promise<void> {}

  async setPermissionMode(id: SessionId, permission_mode: string): Promise<void> {
    this.update(id, { permission_mode });
  }

  async setModel(id: SessionId, model: string): Promise<void> {
    this.update(id, { model });
  }

  async suggestFiles(_id: SessionId, query: string): Promise<string[]> {
    return ['src/auth/redirect.ts', 'src/auth/login.ts', 'tests/pricing.test.ts', 'README.md'].filter(
      (file) => file.includes(query),
    );
  }

  async changedFiles() {
    const file = (
      path: string,
      kind: 'modified' | 'untracked' | 'deleted',
      added: number,
      removed: number,
    ) => ({ path, old_path: null, kind, added, removed, binary: false });
    const files = [
      file('src/auth/redirect.ts', 'modified', 4, 2),
      file('src/auth/a-very-long-folder-name/with/more/return-url.test.ts', 'untracked', 38, 0),
      file('src/legacy.ts', 'deleted', 0, 120),
    ];
    return { files, total: 3, added: 42, removed: 122, more: false };
  }

  async fileDiff() {
    const text = [
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      '@@ -10,4 +10,5 @@ fn main',
      ' const a = 1;',
      '-return location.pathname;',
      '+return pathname + search + hash;',
      '+// kept',
      ' }',
      ' ',
    ].join('\n');
    return { text, truncated: false };
  }

  async removalPlan(id: SessionId) {
    const { summary } = this.#session(id);
    return {
      token: { head: 'a', snapshot: 'b', worktree: 'c' },
      folder: summary.folder,
      branch: summary.branch,
      own_commits: 2,
      uncommitted: true,
      ignored: [
        { path: 'node_modules/', bytes: 412_000_000 },
        { path: '.env', bytes: 312 },
      ],
      ignored_total: 2,
      nested: [],
    };
  }

  async removeSession(id: SessionId): Promise<void> {
    this.sessions.delete(id);
    this.emit({ type: 'session_gone', id });
  }

  async saveSettings(settings: Settings): Promise<void> {
    this.settings = settings;
    this.emit({ type: 'settings', settings });
  }

  async storeToken(): Promise<AuthStatus> {
    return (this.auth = { ...this.auth, logged_in: true, token_stored: 'keychain' });
  }

  async forgetToken(): Promise<AuthStatus> {
    return (this.auth = { ...this.auth, token_stored: null });
  }

  async refreshCli() {
    return { status: 'ready' as const, path: '/usr/local/bin/claude', version: '2.1.330' };
  }

  async refreshAuth(): Promise<AuthStatus> {
    return this.auth;
  }

  async pickFolder(): Promise<string | null> {
    return '/home/mina/work/plain';
  }

  async openExternal(url: string): Promise<void> {
    this.calls.push({ name: 'openExternal', args: [url] });
  }

  async reveal(): Promise<void> {}

  async remember(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
  }

  async recall(key: string): Promise<unknown> {
    return this.#kept.get(key) ?? null;
  }
}
