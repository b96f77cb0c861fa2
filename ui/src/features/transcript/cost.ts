import type { ToolCost } from '../../backend/types';
import { t } from '../../i18n/index.svelte';
import { duration, seconds, size } from '../../shared/format';

/** What a tool use cost the machine, as its line has room for: 4.1 GB, 96s CPU. */
export function shortCost({ peak_memory, cpu_seconds }: ToolCost): string {
  const cpu = t('cost.cpu', { time: seconds(cpu_seconds) });
  return peak_memory === null ? cpu : `${size(peak_memory)}, ${cpu}`;
}

/** The same in full words: what is counted, and whether others ran along with it. */
export function fullCost({ peak_memory, cpu_seconds, memory_kind, shared }: ToolCost): string {
  const words = [t('cost.fullCpu', { time: duration(cpu_seconds * 1000, true) })];
  if (peak_memory !== null)
    words.unshift(t('cost.fullPeak', { size: size(peak_memory), kind: t(`use.kind.${memory_kind}`) }));
  if (shared) words.push(t('cost.shared'));
  return words.join(', ');
}
