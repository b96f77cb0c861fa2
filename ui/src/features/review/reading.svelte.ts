import { SvelteSet } from 'svelte/reactivity';
import type { Backend } from '../../backend';
import type { FileLines, Problem, Review, ReviewFile, SessionId } from '../../backend/types';
import { onceAtATime } from '../../state/again';
import { asProblem } from '../../state/connection';
import type { Choices } from './choices.svelte';
import { Comments } from './comments.svelte';
import { Deeds } from './deeds.svelte';
import type { Picking } from './picking';
import { Opened } from './opened.svelte';
import { inOrder } from './tree';

/** Lines around a change, at first and with each step that is asked for. */
export const CONTEXT = 3;
export const MORE = 20;
/** Around a change: everything. */
export const WHOLE = 1_000_000;

/** One session's changes as they are being read: what is known of them, what is open, and where the reader is. */
export class Reading {
  review = $state.raw<Review | null>(null);
  problem = $state.raw<Problem | null>(null);
  looking = $state(false);
  filter = $state('');
  /** One signal for what is open and folded: one for each of ten thousand files would cost more than it saves. */
  version = $state(0);
  readonly #opened = new Map<string, Opened>();
  /** What the person has folded or unfolded: it stays so. */
  readonly #folds = new Map<string, boolean>();
  /** Folders that are closed in the tree. */
  readonly closed = new SvelteSet<string>();
  /** Files that have become something else while they were shown, until the reader has been there. */
  readonly changed = new SvelteSet<string>();
  picking = $state.raw<Picking | null>(null);
  /** The file in which the reader is. */
  current = $state<string | null>(null);
  /** What stood at the top of the screen, and how far from it: pixels. */
  anchor: { path: string; key: string | null; top: number } | null = null;
  /** Brings a place on screen, and the focus there where that is wanted: set by what is scrolled over. */
  go: (path: string, key?: string | null, focus?: boolean) => void = () => undefined;
  readonly comments: Comments;
  readonly deeds: Deeds;
  #asked = 0;

  constructor(
    readonly id: SessionId,
    readonly backend: Backend,
    readonly choices: Choices,
  ) {
    this.comments = new Comments(id, backend);
    this.deeds = new Deeds(this);
  }

  /** All files, in the order of the tree. */
  readonly ordered = $derived.by(() => inOrder(this.review?.files ?? []));
  readonly #byPath = $derived(new Map(this.ordered.map((file) => [file.path, file])));

  /** Those that are shown. */
  readonly files = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    return this.ordered.filter(
      ({ path, viewed }) =>
        (!this.choices.hideViewed || !viewed) && (wanted === '' || path.toLowerCase().includes(wanted)),
    );
  });

  file(path: string): ReviewFile | null {
    return this.#byPath.get(path) ?? null;
  }

  isFolded(file: ReviewFile): boolean {
    void this.version;
    return this.#folds.get(file.path) ?? (file.viewed || file.generated || file.kind === 'deleted');
  }

  fold(path: string, folded: boolean): void {
    this.#folds.set(path, folded);
    this.version += 1;
  }

  foldAll(folded: boolean): void {
    for (const { path } of this.files) this.#folds.set(path, folded);
    this.version += 1;
  }

  /** What of a file is open, where its lines have been asked for. */
  opened(path: string): Opened | null {
    void this.version;
    return this.#opened.get(path) ?? null;
  }

  /** The folder has changed. However often that is told, it is looked at once at a time. */
  readonly notice = onceAtATime(() => this.look());

  /** Looks at the folder. What is known already stays on screen meanwhile. */
  async look(): Promise<void> {
    const asked = ++this.#asked;
    const { against, ignoreSpace } = this.choices;
    this.looking = true;
    try {
      const review = await this.backend.review(this.id, against, ignoreSpace);
      if (asked !== this.#asked) return;
      this.#take(review);
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    } finally {
      if (asked === this.#asked) this.looking = false;
    }
  }

  #take(review: Review): void {
    const before = this.review?.against === review.against ? this.#byPath : null;
    for (const { path, stamp } of before ? review.files : []) {
      const known = before?.get(path);
      if (known?.stamp !== stamp) this.changed.add(path);
    }
    const here = new Set(review.files.map(({ path }) => path));
    for (const path of this.#opened.keys()) if (!here.has(path)) this.#opened.delete(path);
    for (const path of this.changed) if (!here.has(path)) this.changed.delete(path);
    this.review = review;
  }

  /** Compares with something else, or otherwise: other lines are wanted then. */
  async again(change: () => void): Promise<void> {
    change();
    this.choices.keep();
    this.picking = null;
    this.changed.clear();
    for (const one of this.#opened.values()) one.stale = true;
    await this.look();
  }

  #open(path: string): Opened {
    let opened = this.#opened.get(path);
    if (!opened) this.#opened.set(path, (opened = new Opened(CONTEXT)));
    return opened;
  }

  /** Reads a file's lines, where that has not been done since it was changed. */
  async read(file: ReviewFile): Promise<void> {
    const opened = this.#open(file.path);
    if (!opened.isDue(file.stamp)) return;
    const { against, ignoreSpace } = this.choices;
    await opened.read(file.stamp, (): Promise<FileLines> =>
      this.backend.fileLines(this.id, against, file.path, file.old_path, ignoreSpace, opened.context),
    );
    this.version += 1;
  }

  more(file: ReviewFile, context: number): void {
    const opened = this.#open(file.path);
    opened.context = context;
    opened.stale = true;
    void this.read(file);
  }

  /** Takes note that a file's present change has been read, or has not. */
  async view(file: ReviewFile, viewed: boolean): Promise<void> {
    this.#folds.delete(file.path);
    this.version += 1;
    this.changed.delete(file.path);
    if (this.review)
      this.review = {
        ...this.review,
        files: this.review.files.map((one) => (one.path === file.path ? { ...one, viewed } : one)),
      };
    try {
      await this.backend.markViewed(this.id, file.path, viewed ? file.stamp : null);
    } catch (error) {
      this.problem = asProblem(error);
      await this.look();
    }
  }
}
