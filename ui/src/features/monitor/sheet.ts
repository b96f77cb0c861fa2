import { csv, type Cell } from '../../shared/graph/csv';
import type { Measure } from './align';
import type { Line } from './trends.svelte';

/** The names of the columns of a file. */
export type Heads = Record<'time' | 'name' | Measure, string>;

/** What the graphs show, as a file: a row for each line at each time. */
export function sheet(at: readonly number[], lines: readonly Line[], heads: Heads): string {
  const rows: Cell[][] = [[heads.time, heads.name, heads.cpu, heads.memory, heads.disk]];
  at.forEach((time, place) => {
    const when = new Date(time * 1000).toISOString();
    for (const { label, columns } of lines) {
      const figures = [columns.cpu[place], columns.memory[place], columns.disk[place]].map((value) =>
        value === undefined || value === null ? null : Number(value.toPrecision(6)),
      );
      if (figures.some((value) => value !== null)) rows.push([when, label, ...figures]);
    }
  });
  return csv(rows);
}

/** A file's name with the time in it. */
export function fileName(stem: string, extension: string, now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${stem}-${day}-${two(now.getHours())}${two(now.getMinutes())}.${extension}`;
}
