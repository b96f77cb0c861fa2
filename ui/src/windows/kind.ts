import type { WindowKind } from '../backend/backend';
import type { SessionId } from '../backend/types';

const kinds: readonly WindowKind[] = ['main', 'monitor', 'session', 'strip'];

/** Which window a page is, by its address: `?window=session&id=…`. */
export function whichWindow(search: string): { kind: WindowKind; id: SessionId | null } {
  const asked = new URLSearchParams(search);
  const id = asked.get('id');
  const kind = kinds.find((one) => one === asked.get('window')) ?? 'main';
  return kind === 'session' && !id ? { kind: 'main', id: null } : { kind, id };
}
