import type { Backend } from '../../backend';
import type { Addition, Problem, ScheduleDraft, When } from '../../backend/types';
import { asProblem } from '../../state/connection';
import { isWeekdays, weekdays } from '../when';
import type { LaunchForm } from './form.svelte';

export const ways = ['at', 'every', 'daily', 'weekdays', 'weekly', 'cron', 'commit', 'reset'] as const;
export type Way = (typeof ways)[number];

/** How long nothing is typed before it is asked when that would be: milliseconds. */
const PAUSE = 250;
/** Times that are told. */
const TOLD = 3;

const two = (value: number) => String(value).padStart(2, '0');
/** As a field for a time of day has it. */
const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const day = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

function minuteOf(time: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(time) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** A schedule's name and when it runs, as they are chosen; and when that would be. */
export class WhenForm {
  name = $state('');
  way = $state<Way>('daily');
  /** The day of `at`, and the time of all that have one: by the clock of whoever looks. */
  date = $state(day(new Date(Date.now() + 86_400_000)));
  time = $state('09:00');
  every = $state('1');
  unit = $state<'minutes' | 'hours'>('hours');
  days = $state.raw<readonly number[]>([1]);
  expression = $state('');
  branch = $state('');

  /** When it would run next, as far as that is known. */
  times = $state.raw<readonly number[]>([]);
  problem = $state.raw<Problem | null>(null);
  #asked = 0;

  /** Nothing while something is missing. */
  when: When | null = $derived.by(() => {
    const minute = minuteOf(this.time);
    switch (this.way) {
      case 'at': {
        const at = new Date(`${this.date}T${this.time}`).getTime();
        return Number.isNaN(at) ? null : { kind: 'at', at };
      }
      case 'every': {
        const minutes = Number(this.every) * (this.unit === 'hours' ? 60 : 1);
        return Number.isInteger(minutes) && minutes > 0 ? { kind: 'minutes', minutes } : null;
      }
      case 'daily':
        return minute === null ? null : { kind: 'days', days: [], minute };
      case 'weekdays':
        return minute === null ? null : { kind: 'days', days: weekdays, minute };
      case 'weekly':
        return minute === null || this.days.length === 0
          ? null
          : { kind: 'days', days: [...this.days].sort((a, b) => a - b), minute };
      case 'cron': {
        const expression = this.expression.trim();
        return expression ? { kind: 'cron', expression } : null;
      }
      case 'commit': {
        const branch = this.branch.trim();
        return branch && this.form.repository
          ? { kind: 'commit', repository: this.form.repository, branch }
          : null;
      }
      case 'reset':
        return { kind: 'reset' };
    }
  });
  ready = $derived(this.name.trim() !== '' && this.when !== null && this.problem === null);

  constructor(
    private readonly backend: Backend,
    private readonly form: LaunchForm,
  ) {}

  /** As a schedule has it. */
  take(name: string, when: When): void {
    this.name = name;
    switch (when.kind) {
      case 'at': {
        const at = new Date(when.at);
        [this.way, this.date, this.time] = ['at', day(at), clock(at.getHours() * 60 + at.getMinutes())];
        break;
      }
      case 'minutes': {
        const isHours = when.minutes % 60 === 0;
        [this.way, this.unit] = ['every', isHours ? 'hours' : 'minutes'];
        this.every = String(isHours ? when.minutes / 60 : when.minutes);
        break;
      }
      case 'days':
        this.way = when.days.length === 0 ? 'daily' : isWeekdays(when.days) ? 'weekdays' : 'weekly';
        [this.days, this.time] = [when.days, clock(when.minute)];
        break;
      case 'cron':
        [this.way, this.expression] = ['cron', when.expression];
        break;
      case 'commit':
        [this.way, this.branch] = ['commit', when.branch];
        break;
      case 'reset':
        this.way = 'reset';
    }
  }

  toggle(day: number): void {
    this.days = this.days.includes(day) ? this.days.filter((one) => one !== day) : [...this.days, day];
  }

  /** Asks when it would be once nothing is typed for a moment. Returns what calls it off. */
  look(when: When | null): () => void {
    const asked = ++this.#asked;
    this.problem = null;
    if (!when) this.times = [];
    if (!when) return () => undefined;
    const timer = setTimeout(() => void this.#read(when, asked), PAUSE);
    return () => clearTimeout(timer);
  }

  async #read(when: When, asked: number): Promise<void> {
    try {
      const times = await this.backend.scheduleTimes(when, TOLD);
      if (asked === this.#asked) this.times = times;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.times = [];
      this.problem = asProblem(error);
    }
  }

  /** What is kept. */
  draft(addition: Addition, id: string | null = null, enabled = true): ScheduleDraft | null {
    return this.when && { id, name: this.name.trim(), when: this.when, addition, enabled };
  }
}
