import type { Backend, WindowKind } from '../backend/backend';
import type { SessionId } from '../backend/types';
import { Bosk } from '../state/bosk.svelte';
import type { Connection } from '../state/connection';
import type { Store } from '../state/store.svelte';

/** A window beside the main one: it shows at most its own session, and the main window shows the others. */
export class Apart extends Bosk {
  constructor(
    store: Store,
    backend: Backend,
    connection: Connection,
    override readonly kind: WindowKind,
    readonly own: SessionId | null,
  ) {
    super(store, backend, connection);
  }

  override select(id: SessionId | null): void {
    if (id === this.own) super.select(id);
    else if (id) void this.attempt(this.backend.openWindow('main', id));
  }
}
