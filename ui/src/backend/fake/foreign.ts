import type { ForeignSession } from '../types';

/** Sessions that the person started in a terminal or an editor. */
export function elsewhere(scene: string, now: number): ForeignSession[] {
  if (scene !== 'twenty') return [];
  const ended = { pid: 51_200, busy: false, alive: false };
  return [
    {
      id: '00000000-0000-4000-a000-000000000001',
      pid: 51_904,
      title: 'Sketch the price page',
      folder: '/home/mina/work/experiments/2026/pricing/sketches',
      busy: true,
      started_at: now - 18 * 60_000,
      alive: true,
    },
    {
      ...ended,
      id: '00000000-0000-4000-a000-000000000002',
      title: 'site',
      folder: '/home/mina/work/site',
      started_at: now - 95 * 60_000,
    },
  ];
}
