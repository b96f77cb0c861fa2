import type { Limit, Limits, Rung } from '../../backend/types';
import { limitKinds } from '../../shared/limits';

/** A limit as it is written: in units that a person thinks in. */
const units: Record<Limit, number> = {
  memory: 1_000_000_000,
  cpu: 1,
  processes: 1,
  cpu_time: 60,
  turn_time: 60,
  file_size: 1_000_000_000,
  disk_written: 1_000_000_000,
  idle: 60,
};

export const rungs: readonly Rung[] = ['stop_tool', 'pause', 'stop'];

const written = (limit: Limit, value: number | null) =>
  value === null ? '' : String(Number((value / units[limit]).toFixed(2)));

/** Limits as they stand in the fields. */
export class LimitForm {
  readonly texts: Record<Limit, string>;
  readonly ladder: Record<Rung, boolean>;
  readonly #before: Limits;

  constructor(limits: Limits) {
    this.#before = limits;
    const texts = limitKinds.map((limit) => [limit, written(limit, limits[limit])]);
    this.texts = $state(Object.fromEntries(texts) as Record<Limit, string>);
    const ladder = rungs.map((rung) => [rung, limits.ladder.includes(rung)]);
    this.ladder = $state(Object.fromEntries(ladder) as Record<Rung, boolean>);
  }

  /** A number above zero, or nothing at all. Whether it makes sense is for the backend to say. */
  isValid(limit: Limit): boolean {
    const text = this.texts[limit].trim();
    return text === '' || (Number.isFinite(Number(text)) && Number(text) > 0);
  }

  /** What the fields say; none while one of them says nothing that can be read. */
  get limits(): Limits | null {
    if (!limitKinds.every((limit) => this.isValid(limit))) return null;
    const ladder = rungs.filter((rung) => this.ladder[rung]);
    const values = limitKinds.map((limit) => [limit, this.#value(limit)]);
    return { ...(Object.fromEntries(values) as Omit<Limits, 'ladder'>), ladder };
  }

  #value(limit: Limit): number | null {
    const text = this.texts[limit].trim();
    if (text === '') return null;
    // What was not touched stays exact.
    if (text === written(limit, this.#before[limit])) return this.#before[limit];
    const value = Number(text) * units[limit];
    return limit === 'cpu' ? value : Math.round(value);
  }
}
