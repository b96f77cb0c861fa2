import type { SessionId } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import type { Bosk } from '../../state/bosk.svelte';
import { terminalsOf, type Shell } from '../../state/terminals.svelte';
import { Screen } from './screen';
import { oneEach } from '../../state/window.svelte';

/** The pictures of a window's terminals, by number: they outlive the drawer that shows them. */
class Screens {
  readonly #made = new Map<number, { session: SessionId; screen: Screen }>();

  constructor(private readonly bosk: Bosk) {}

  of(shell: Shell): Screen {
    const known = this.#made.get(shell.id);
    if (known) return known.screen;
    this.#forget();
    const terminals = terminalsOf(this.bosk);
    const screen = new Screen(this.bosk.backend, shell.id, {
      ended: (code) => {
        terminals.ended(shell, code);
        return code === null ? t('shell.ended') : t('shell.endedCode', { code });
      },
      left: () => terminals.hide(),
      taken: () => terminals.elsewhere(shell, true),
    });
    this.#made.set(shell.id, { session: shell.session, screen });
    return screen;
  }

  /** Takes it from the window that shows it now. */
  takeBack(shell: Shell): void {
    terminalsOf(this.bosk).elsewhere(shell, false);
    this.of(shell).takeBack();
  }

  close(shell: Shell): void {
    this.#made.get(shell.id)?.screen.dispose();
    this.#made.delete(shell.id);
  }

  /** Those of sessions that are gone. */
  #forget(): void {
    for (const [id, { session, screen }] of this.#made) {
      if (this.bosk.store.sessions.has(session)) continue;
      screen.dispose();
      this.#made.delete(id);
    }
  }
}

/** Of a window. */
export const screensOf = oneEach((bosk) => new Screens(bosk));
