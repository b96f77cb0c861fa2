import type { KilledProcess, Limit, Limits } from '../backend/types';
import { plural, t } from '../i18n/index.svelte';
import { duration, number, size } from './format';

/** Limits, and what came of them, in words. */

export const limitKinds: readonly Limit[] = [
  'memory',
  'cpu',
  'processes',
  'cpu_time',
  'turn_time',
  'file_size',
  'disk_written',
  'idle',
];

/** A figure in the limit's own unit: 4 GB, 2 cores, 30m. */
export function figure(limit: Limit, value: number): string {
  switch (limit) {
    case 'memory':
    case 'file_size':
    case 'disk_written':
      return size(value);
    case 'cpu':
      return plural('limit.cores', value, number(value));
    case 'processes':
      return number(value);
    case 'cpu_time':
    case 'turn_time':
    case 'idle':
      return duration(value * 1000, true);
  }
}

/** A limit and its figure: 4 GB of memory. */
export function limitOf(limit: Limit, value: number): string {
  return t(`limit.is.${limit}`, { figure: figure(limit, value) });
}

/** Those that are set, each in a few words. */
export function inWords(limits: Limits | null): string[] {
  return limitKinds.flatMap((limit) => {
    const value = limits?.[limit];
    return value === null || value === undefined ? [] : [limitOf(limit, value)];
  });
}

/** All of them on one line. */
export function onOneLine(limits: Limits | null): string {
  return inWords(limits).join(' · ') || t('limits.none');
}

/** As many names as one reads; of several processes with the same name, how many they are. */
const MOST = 8;

export function processNames(processes: KilledProcess[]): string {
  const counts = new Map<string, number>();
  for (const { name } of processes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count > 1 ? `${name} ×${number(count)}` : name));
  return (names.length > MOST ? [...names.slice(0, MOST), '…'] : names).join(', ');
}
