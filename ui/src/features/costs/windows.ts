import type { SessionSummary, UsageWindow } from '../../backend/types';

/** How much of each of the account's limits is used, as it was told last, while it has not started anew since. */
export function windowsOf(sessions: Iterable<SessionSummary>, now: number): UsageWindow[] {
  const newest = new Map<string, UsageWindow>();
  for (const { backend, usage_windows } of sessions) {
    if (backend.kind !== 'account') continue;
    for (const one of usage_windows) {
      const known = newest.get(one.name);
      if (!known || known.told_at < one.told_at) newest.set(one.name, one);
    }
  }
  return [...newest.values()]
    .filter(({ resets_at }) => resets_at === null || resets_at * 1000 > now)
    .sort((one, other) => one.name.localeCompare(other.name));
}
