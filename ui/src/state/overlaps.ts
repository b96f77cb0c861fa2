import type { SessionId } from '../backend/types';
import type { Store } from './store.svelte';

/** Another session that changes some of the same files. */
export interface Also {
  id: SessionId;
  title: string;
  /** The first of them. */
  paths: string[];
  total: number;
}

/** The sessions that change the same files as this one; those that are not here any more are left out. */
export function overlapsOf({ overlaps, sessions }: Store, id: SessionId): Also[] {
  return overlaps.flatMap(({ one, other, paths, total }) => {
    if (one !== id && other !== id) return [];
    const also = sessions.get(one === id ? other : one);
    return also ? [{ id: also.id, title: also.title, paths, total }] : [];
  });
}
