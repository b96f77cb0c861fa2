import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../backend';
import { FakeBackend } from '../backend/fake/fake';
import { summary } from '../backend/fake/scenes';
import type { Batch, PartialBlock, SessionView } from '../backend/types';
import { Connection } from './connection';
import { Conversation, KEPT, PAGE } from './conversation.svelte';
import { order } from './groups';
import { grow } from './partials';
import { Store } from './store.svelte';

const piece = (from: number, text: string): PartialBlock => ({
  block: 1,
  parent: null,
  part: { kind: 'text' },
  from,
  text,
});

describe('a growing block', () => {
  it('counts in UTF-8, as the backend does', () => {
    let block = grow(undefined, piece(0, '안녕 '));
    expect(block.bytes).toBe(7);
    block = grow(block, piece(7, '👍!'));
    expect(block.text).toBe('안녕 👍!');
    expect(block.bytes).toBe(12);
  });

  it('waits for the whole after a gap, and shows what it has meanwhile', () => {
    let block = grow(grow(undefined, piece(0, 'abc')), piece(9, 'x'));
    expect(block).toMatchObject({ text: 'abc', waiting: true });
    block = grow(block, piece(3, 'd'));
    expect(block.text).toBe('abc');
    expect(grow(block, piece(0, 'abcdefghi'))).toMatchObject({ text: 'abcdefghi', waiting: false });
  });

  it('takes what it has already only once', () => {
    const block = grow(undefined, piece(0, 'abcdef'));
    expect(grow(block, piece(2, 'cd')).text).toBe('abcdef');
    expect(grow(block, piece(4, 'efgh')).text).toBe('abcdefgh');
  });

  it('shows nothing of a block whose beginning was missed', () => {
    expect(grow(undefined, piece(5, 'late'))).toMatchObject({ text: '', waiting: true });
  });
});

describe('the order of the fleet', () => {
  it('is by what a session asks of the person', () => {
    const now = 1_000_000_000;
    const made = (['done', 'queued', 'paused', 'needs_you', 'running', 'stopped', 'failed'] as const).map(
      (glance) => summary(glance, glance, now),
    );
    expect(order(made).map((session) => session.glance)).toEqual([
      'needs_you',
      'failed',
      'running',
      'paused',
      'queued',
      'done',
      'stopped',
    ]);
  });

  it('puts who waits longest first, and does not move while a session streams', () => {
    const now = 1_000_000_000;
    const late = summary('late', 'needs_you', now, { last_event_at: 20 });
    const early = summary('early', 'needs_you', now, { last_event_at: 10 });
    expect(order([late, early]).map((session) => session.title)).toEqual(['early', 'late']);
    const one = summary('one', 'running', now, { created_at: 5 });
    const two = summary('two', 'running', now, { created_at: 9 });
    const before = order([one, two]).map((session) => session.id);
    expect(order([{ ...one, last_event_at: now + 99 }, two]).map((session) => session.id)).toEqual(before);
  });
});

describe('a conversation', () => {
  const view = async (backend: FakeBackend): Promise<SessionView> =>
    backend.watch([...backend.sessions.keys()][0] ?? '');

  it('fetches by page what is not here, once, and forgets what is far away', async () => {
    const backend = new FakeBackend('long');
    const first = await view(backend);
    const fetch = vi.fn((from: number, count: number) =>
      backend.transcriptPage(first.summary.id, from, count),
    );
    const conversation = new Conversation(first, fetch);
    expect(conversation.total).toBe(100_000);
    expect(conversation.entries.size).toBe(PAGE);

    conversation.need(10);
    conversation.need(11);
    await vi.waitFor(() => expect(conversation.entries.get(11)?.index).toBe(11));
    expect(fetch).toHaveBeenCalledTimes(1);

    for (let page = 1; page < 200; page += 1) {
      conversation.need(page * PAGE);
      await vi.waitFor(() => expect(conversation.entries.has(page * PAGE)).toBe(true), { interval: 1 });
    }
    expect(conversation.entries.size).toBeLessThanOrEqual(KEPT + PAGE);
    expect(conversation.entries.has(10)).toBe(false);
  });

  it('keeps what came over the channel when an older page arrives', async () => {
    const backend = new FakeBackend('long');
    const first = await view(backend);
    const conversation = new Conversation(first, (from, count) =>
      backend.transcriptPage(first.summary.id, from, count),
    );
    conversation.need(0);
    const fresh = { index: 3, at: 0, parent: null, kind: 'text' as const, text: 'newer' };
    conversation.applyEntries({
      type: 'entries',
      id: first.summary.id,
      total: 100_000,
      entries: [fresh],
      outdated: [],
    });
    await vi.waitFor(() => expect(conversation.entries.has(4)).toBe(true));
    expect(conversation.entries.get(3)).toMatchObject({ text: 'newer' });
  });

  it('shows no entry as it was: one that is told to have changed is fetched anew', async () => {
    const backend = new FakeBackend('long');
    const first = await view(backend);
    const pages: ((text: string) => void)[] = [];
    const conversation = new Conversation(
      first,
      (from) =>
        new Promise((resolve) => {
          pages.push((text) =>
            resolve({
              total: 100_000,
              entries: [{ index: from, at: 0, parent: null, kind: 'text', text }],
            }),
          );
        }),
    );
    const changed = () =>
      conversation.applyEntries({
        type: 'entries',
        id: first.summary.id,
        total: 100_000,
        entries: [],
        outdated: [0],
      });
    conversation.need(0);
    pages[0]?.('first');
    await vi.waitFor(() => expect(conversation.entries.get(0)).toMatchObject({ text: 'first' }));
    changed();
    expect(conversation.entries.has(0)).toBe(false);
    conversation.need(0);
    changed();
    pages[1]?.('second');
    await vi.waitFor(() => expect(pages).toHaveLength(3));
    expect(conversation.entries.has(0)).toBe(false);
    pages[2]?.('third');
    await vi.waitFor(() => expect(conversation.entries.get(0)).toMatchObject({ text: 'third' }));
  });
});

describe('the connection', () => {
  let backend: FakeBackend;
  let store: Store;
  let connection: Connection;
  let send: (batch: Batch) => void;

  beforeEach(async () => {
    backend = new FakeBackend('some');
    store = new Store();
    connection = new Connection(backend, store);
    const listen = backend.listen.bind(backend);
    vi.spyOn(backend, 'listen').mockImplementation(async (seq, onBatch) => {
      send = onBatch;
      return listen(seq, onBatch);
    });
    await connection.subscribe();
  });

  it('takes the snapshot, then batches in order, and acknowledges each', async () => {
    expect(store.sessions.size).toBe(3);
    backend.emit({ type: 'session', summary: summary('new', 'queued', 1, { id: 'x' }) });
    expect(store.sessions.size).toBe(4);
    backend.emit({ type: 'session_gone', id: 'x' });
    expect(store.sessions.size).toBe(3);
    await vi.waitFor(() => expect(backend.acknowledged).toEqual([1, 2]));
  });

  it('goes on from a snapshot that came with the page, and asks anew where that is out of date', async () => {
    const snapshot = vi.spyOn(backend, 'snapshot');
    const first = await backend.snapshot(false);
    const fresh = new Store();
    const taken = new Connection(backend, fresh).subscribe(first);
    expect(fresh.sessions.size, 'at once').toBe(3);
    await taken;
    expect(snapshot).toHaveBeenCalledTimes(1);
    // The page was loaded once more: what it came with is older than what has been told since.
    backend.emit({ type: 'session', summary: summary('new', 'queued', 1, { id: 'x' }) });
    const again = new Store();
    await new Connection(backend, again).subscribe(first);
    expect(snapshot).toHaveBeenCalledTimes(2);
    expect(again.sessions.size).toBe(3);
    backend.emit({ type: 'session_gone', id: [...again.sessions.keys()][0] ?? '' });
    expect(again.sessions.size, 'it hears of what comes').toBe(2);
  });

  it('asks for a new snapshot after a gap, and passes over what the old one still sends', async () => {
    const old = send;
    send({ seq: 9, after: 7, events: [{ type: 'session_gone', id: 'nobody' }] });
    await vi.waitFor(() => expect(backend.listen).toHaveBeenCalledTimes(2));
    const [id] = [...store.sessions.keys()];
    old({ seq: 1, after: 0, events: [{ type: 'session_gone', id: id ?? '' }] });
    expect(store.sessions.size).toBe(3);
  });

  it('goes on with the others while a long transcript is read anew after a gap', async () => {
    const [a = '', b = ''] = [...store.sessions.keys()];
    await connection.watch(a);
    let answer: () => void = () => undefined;
    const watch = backend.watch.bind(backend);
    vi.spyOn(backend, 'watch').mockImplementation(async (wanted) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return watch(wanted);
    });
    send({ seq: 9, after: 7, events: [{ type: 'session_gone', id: 'nobody' }] });
    await vi.waitFor(() => expect(backend.watch).toHaveBeenCalledWith(a));
    backend.emit({ type: 'session_gone', id: b });
    expect(store.sessions.has(b)).toBe(false);
    backend.append(a, { kind: 'text', text: 'meanwhile' });
    answer();
    const last = () => store.conversation?.entries.get((store.conversation.total || 0) - 1);
    await vi.waitFor(() => expect(last()).toMatchObject({ text: 'meanwhile' }));
  });

  it('applies a batch only once', () => {
    const [id] = [...store.sessions.keys()];
    const batch: Batch = { seq: 1, after: 0, events: [{ type: 'session_gone', id: id ?? '' }] };
    send(batch);
    const gone = store.sessions.size;
    store.takeSession(summary('back', 'done', 1, { id: id ?? '' }));
    send(batch);
    expect(store.sessions.size).toBe(gone + 1);
  });

  it('loses nothing that comes while a session’s view is on its way', async () => {
    const id = [...store.sessions.keys()][1] ?? '';
    const watch = backend.watch.bind(backend);
    vi.spyOn(backend, 'watch').mockImplementation(async (wanted) => {
      const view = await watch(wanted);
      backend.append(wanted, { kind: 'text', text: 'meanwhile' });
      return { ...view, total: view.total };
    });
    await connection.watch(id);
    const last = (store.conversation?.total ?? 0) - 1;
    expect(store.conversation?.entries.get(last)).toMatchObject({ text: 'meanwhile' });
  });

  it('keeps what a session became while its view was on its way', async () => {
    const id = [...store.sessions.keys()][1] ?? '';
    const watch = backend.watch.bind(backend);
    vi.spyOn(backend, 'watch').mockImplementation(async (wanted) => {
      const view = await watch(wanted);
      const before = { ...view, summary: { ...view.summary } };
      backend.emit({ type: 'session', summary: { ...view.summary, glance: 'needs_you' } });
      return before;
    });
    await connection.watch(id);
    expect(store.sessions.get(id)?.glance).toBe('needs_you');
  });

  it('shows who was come back to, whatever the first answer was', async () => {
    const [a = '', b = ''] = [...store.sessions.keys()];
    const calls: string[] = [];
    const answers: ((of: 'view' | 'left') => void)[] = [];
    const watch = backend.watch.bind(backend);
    vi.spyOn(backend, 'watch').mockImplementation((wanted) => {
      calls.push(`watch ${wanted}`);
      return new Promise((resolve, reject) => {
        answers.push((of) => (of === 'view' ? resolve(watch(wanted)) : reject(new Error('not open'))));
      });
    });
    let left: () => void = () => undefined;
    vi.spyOn(backend as Backend, 'unwatch').mockImplementation((wanted) => {
      calls.push(`unwatch ${wanted}`);
      return new Promise<void>((resolve) => {
        left = resolve;
      });
    });
    const first = connection.watch(a);
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const leftA = connection.watch(b).then(() => undefined);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    const toldOfA = left;
    const back = connection.watch(a);
    answers[0]?.('left');
    await first;
    expect(calls).toEqual([`watch ${a}`, `unwatch ${a}`, `watch ${b}`, `unwatch ${b}`]);
    toldOfA();
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    answers[2]?.('view');
    answers[1]?.('left');
    await Promise.all([back, leftA]);
    expect(store.conversation?.id).toBe(a);
    expect(store.problems).toEqual([]);
  });

  it('tells whoever measures once the text is painted', async () => {
    const id = [...store.sessions.keys()][1] ?? '';
    await connection.watch(id);
    const painted = vi.fn();
    window.__bosk_painted = painted;
    backend.emit({ type: 'partials', id, partials: [piece(0, 'now')], done: [] });
    await vi.waitFor(() => expect(painted).toHaveBeenCalledWith(1, 'now'));
    delete window.__bosk_painted;
  });

  it('says what went wrong once', () => {
    const problem = { code: 'disk_full' as const, message: 'The disk is full.', hint: null };
    store.addProblem(problem);
    store.addProblem({ ...problem });
    expect(store.problems).toHaveLength(1);
  });
});
