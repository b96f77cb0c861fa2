/** Tool uses under a graph's axis. */
export interface Mark {
  /** Seconds since 1970. */
  from: number;
  to: number | null;
  label: string;
  /** What is told when it is clicked. */
  index: number;
}

/** The mark at a time, or the nearest one within reach. The shortest that fits: a long one is easy to hit elsewhere. */
export function markAt(marks: readonly Mark[], time: number, reach: number, now: number): Mark | null {
  let found: Mark | null = null;
  let best = Infinity;
  for (const mark of marks) {
    const end = mark.to ?? now;
    const away = Math.max(mark.from - time, time - end, 0);
    if (away > reach) continue;
    const cost = away * 1e6 + (end - mark.from);
    if (cost < best) {
      best = cost;
      found = mark;
    }
  }
  return found;
}
