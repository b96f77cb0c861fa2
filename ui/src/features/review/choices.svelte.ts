import type { Backend } from '../../backend';
import type { Against } from '../../backend/types';

export const againsts = ['base', 'last_turn', 'uncommitted', 'unstaged', 'staged'] as const;

/** How a review is shown. It is remembered, for all sessions alike. */
export class Choices {
  against = $state<Against>('base');
  split = $state(false);
  ignoreSpace = $state(false);
  hideViewed = $state(false);
  /** Until it is known what was chosen last time. */
  #read: Promise<void> | null = null;

  constructor(private readonly backend: Backend) {}

  /** What was chosen last time. */
  read(): Promise<void> {
    this.#read ??= this.backend
      .recall('review')
      .catch(() => null)
      .then((kept) => this.#take(kept));
    return this.#read;
  }

  #take(kept: unknown): void {
    if (typeof kept !== 'object' || kept === null) return;
    const { against, split, ignoreSpace, hideViewed } = kept as Record<string, unknown>;
    this.against = againsts.find((one) => one === against) ?? this.against;
    this.split = split === true;
    this.ignoreSpace = ignoreSpace === true;
    this.hideViewed = hideViewed === true;
  }

  /** Side by side, or one below the other. */
  lay(split: boolean): void {
    this.split = split;
    this.keep();
  }

  keep(): void {
    const { against, split, ignoreSpace, hideViewed } = this;
    this.backend.remember('review', { against, split, ignoreSpace, hideViewed }).catch(() => undefined);
  }
}
