import type { ProcessUsage } from '../backend/types';

/** A process, and those that it started. */
export interface Branch {
  process: ProcessUsage;
  children: Branch[];
}

/** Processes as a tree, each with the oldest first. Whose parent is not among them stands at its foot. */
export function tree(processes: readonly ProcessUsage[]): Branch[] {
  const branches = new Map(processes.map((process) => [process.pid, { process, children: [] as Branch[] }]));
  const roots: Branch[] = [];
  const sorted = [...branches.values()].sort(
    (a, b) => a.process.started - b.process.started || a.process.pid - b.process.pid,
  );
  for (const branch of sorted) {
    const { pid, parent } = branch.process;
    const above = parent === pid ? undefined : branches.get(parent);
    (above?.children ?? roots).push(branch);
  }
  return roots;
}

/** The same from top to bottom, each with how deep it stands. */
export function outline(branches: readonly Branch[], depth = 0): { process: ProcessUsage; depth: number }[] {
  return branches.flatMap(({ process, children }) => [{ process, depth }, ...outline(children, depth + 1)]);
}
