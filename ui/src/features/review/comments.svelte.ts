import type { Backend } from '../../backend';
import type { Comment, Problem, SessionId } from '../../backend/types';
import { onceAtATime } from '../../state/again';
import { asProblem } from '../../state/connection';

/** How long after the last letter what is being written is kept: milliseconds. */
const PAUSE = 500;

/** What the person has to say about lines: kept as it is written, and sent together. */
export class Comments {
  all = $state.raw<Comment[]>([]);
  /** The one that is being written; its text is in it. */
  writing = $state.raw<Comment | null>(null);
  problem = $state.raw<Problem | null>(null);
  note = $state('');
  sending = $state(false);
  /** As it was before it was changed; none where it is new. */
  #before: Comment | null = null;
  /** The one that is being written, as this window has kept it last. */
  #kept: Comment | null = null;
  /** What is not known to be kept: it stays here whatever is read. */
  readonly #unkept = new Map<string, Comment>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One after the other, so that the last word is the last one. */
  #saving: Promise<void> = Promise.resolve();
  #saves = 0;

  constructor(
    private readonly id: SessionId,
    private readonly backend: Backend,
  ) {}

  readonly drafts = $derived(this.all.filter(({ state, text }) => state === 'draft' && text.trim() !== ''));
  readonly sent = $derived(this.all.filter(({ state }) => state === 'sent'));
  readonly resolved = $derived(this.all.filter(({ state }) => state === 'resolved'));
  /** Those that have not been seen to, by file. */
  readonly byPath = $derived.by(() => {
    const found = new Map<string, Comment[]>();
    for (const one of this.all) {
      if (one.state === 'resolved') continue;
      const others = found.get(one.path);
      if (others) others.push(one);
      else found.set(one.path, [one]);
    }
    return found;
  });

  async read(): Promise<void> {
    for (;;) {
      const { problem } = this;
      const saves = this.#saves;
      // What is being kept would be missing.
      await this.#saving;
      const all = await this.#try(this.backend.comments(this.id));
      if (!all) return;
      // Kept meanwhile: what was read is older than that.
      if (saves !== this.#saves) continue;
      if (this.#unkept.size > 0) this.problem = problem;
      const here = new Set(all.map(({ id }) => id));
      const known = all.map((one) => this.#unkept.get(one.id) ?? one);
      this.all = [...known, ...[...this.#unkept.values()].filter(({ id }) => !here.has(id))];
      this.#meet();
      return;
    }
  }

  /** Somebody has written some, perhaps this window. However often that is told, they are read once at a time. */
  readonly hear = onceAtATime(() => this.read());

  /** What is being written meets what another window has made of it: neither is lost. */
  #meet(): void {
    const { writing } = this;
    if (!writing || this.#unkept.has(writing.id)) return;
    const now = this.all.find(({ id }) => id === writing.id) ?? null;
    if (!now) {
      // Taken away elsewhere: what is being written is a new one.
      this.#before = this.#kept = null;
      return;
    }
    if (now.text === this.#kept?.text && now.state === this.#kept.state) return;
    if (writing.text !== this.#kept?.text) {
      this.writing = { ...writing, id: crypto.randomUUID(), state: 'draft', at: Date.now() };
      this.#before = this.#kept = null;
    } else {
      this.writing = now.state === 'draft' ? now : null;
      this.#before = this.#kept = now;
    }
  }

  /** Begins a comment. One that was being written stays as it is. */
  begin(about: Pick<Comment, 'path' | 'side' | 'from' | 'to' | 'code'>): void {
    this.finish();
    this.#before = this.#kept = null;
    this.writing = { ...about, id: crypto.randomUUID(), text: '', state: 'draft', at: Date.now() };
  }

  edit(comment: Comment): void {
    this.finish();
    this.#before = this.#kept = comment;
    this.writing = comment;
  }

  write(text: string): void {
    if (!this.writing) return;
    this.writing = { ...this.writing, text };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.writing && this.#keep(this.writing), PAUSE);
  }

  /** Done with writing: an empty one is none. */
  finish(): void {
    clearTimeout(this.#timer);
    const { writing } = this;
    this.writing = null;
    if (!writing) return;
    if (writing.text.trim() === '') void this.remove(writing.id);
    else this.#keep(writing);
  }

  /** Thinks better of what was written since it was begun. */
  cancel(): void {
    clearTimeout(this.#timer);
    const { writing } = this;
    this.writing = null;
    if (this.#before) this.#keep(this.#before);
    else if (writing) void this.remove(writing.id);
  }

  #keep(comment: Comment): void {
    const isKnown = this.all.some(({ id }) => id === comment.id);
    this.all = isKnown
      ? this.all.map((one) => (one.id === comment.id ? comment : one))
      : [...this.all, comment];
    if (this.writing?.id === comment.id) this.#kept = comment;
    this.#unkept.set(comment.id, comment);
    this.#save(async () => {
      await this.backend.saveComment(this.id, comment);
      if (this.#unkept.get(comment.id) === comment) this.#unkept.delete(comment.id);
    });
  }

  #save(work: () => Promise<void>): void {
    this.#saves += 1;
    this.#saving = this.#saving.then(() => this.#try(work())).then(() => undefined);
  }

  async remove(id: string): Promise<void> {
    if (!this.all.some((one) => one.id === id)) return;
    this.all = this.all.filter((one) => one.id !== id);
    this.#unkept.delete(id);
    this.#save(() => this.backend.removeComment(this.id, id));
    await this.#saving;
  }

  resolve(comment: Comment, resolved: boolean): void {
    this.#keep({ ...comment, state: resolved ? 'resolved' : 'sent' });
  }

  /** Sends all drafts as one message; how many they were, or none where it failed. */
  async send(first: () => Promise<void>): Promise<number> {
    this.finish();
    const ids = this.drafts.map(({ id }) => id);
    this.sending = true;
    await this.#saving;
    const sent = await this.#try(
      first()
        .then(() => this.backend.sendComments(this.id, ids, this.note.trim()))
        .then(() => true),
    );
    this.sending = false;
    if (!sent) return 0;
    this.note = '';
    await this.read();
    return ids.length;
  }

  async #try<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      const done = await work;
      this.problem = null;
      return done;
    } catch (error) {
      this.problem = asProblem(error);
      return undefined;
    }
  }
}
