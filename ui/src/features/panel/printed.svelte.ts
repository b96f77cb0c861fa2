import type { Backend } from '../../backend';
import type { RunOutput, SessionId } from '../../backend/types';
import type { Bosk } from '../../state/bosk.svelte';
import { oneEach } from '../../state/window.svelte';

/** How much of it is shown, in characters: more than somebody reads here. */
export const KEPT = 20_000;

/** How long it waits before it asks again, in milliseconds: nobody reads faster than that. */
const EVERY = 100;

/** What the repository's command beside Claude has printed: its end, read for as long as somebody looks. */
export class Printed {
  text = $state('');
  #end = 0;
  #readers = 0;
  #asking = false;
  /** Somebody came, or it was started, while it was being asked. */
  #again = false;

  constructor(
    private readonly backend: Backend,
    private readonly id: SessionId,
  ) {}

  /** Reads on until the returned function is called. */
  follow(): () => void {
    this.#readers += 1;
    // What was asked cannot be taken back: whoever comes again goes on with it, so that no two wait.
    if (this.#asking) this.#again = true;
    else void this.#read();
    return () => (this.#readers -= 1);
  }

  async #read(): Promise<void> {
    this.#asking = true;
    try {
      while (this.#readers > 0) {
        this.#again = false;
        const output = await this.backend.runLog(this.id, this.#end);
        const isNew = output.end < this.#end;
        this.#take(output);
        if (isNew) continue;
        if (!output.running && !this.#again) break;
        await new Promise((done) => setTimeout(done, EVERY));
      }
    } catch {
      // A session that has ended has nothing more to say; whether it has, its row tells.
    } finally {
      this.#asking = false;
    }
  }

  #take({ from, end, text }: RunOutput): void {
    if (end < this.#end) {
      // The session was resumed, and it printed from the beginning.
      this.#end = 0;
      this.text = '';
      return;
    }
    // Where it does not go on from there, what lies between is gone.
    const whole = from === this.#end ? this.text + text : text;
    this.#end = end;
    const cut = whole.length > KEPT ? whole.indexOf('\n', whole.length - KEPT) + 1 : 0;
    this.text = cut > 0 ? whole.slice(cut) : whole.slice(-KEPT);
  }
}

const all = oneEach(() => new Map<SessionId, Printed>());

/** Of a session; those of sessions that are gone are forgotten. */
export function printedOf(bosk: Bosk, id: SessionId): Printed {
  const known = all(bosk);
  for (const other of known.keys()) if (!bosk.store.sessions.has(other)) known.delete(other);
  let printed = known.get(id);
  if (!printed) known.set(id, (printed = new Printed(bosk.backend, id)));
  return printed;
}
