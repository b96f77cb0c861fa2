import type { Schedule, ScheduleDraft, SessionId, Template, Templates as TemplateList, When } from '../types';
import { Inquiries } from './inquiries';
import { schedules, templates } from './planned';
import { no } from './world';

const MINUTE = 60_000;
const DAY = 1440;

/** Schedules and templates, roughly as the real ones. Nothing runs by itself. */
export class Plans extends Inquiries {
  schedules: Schedule[] = [];
  /** One's own, and those that the repository brings. */
  kept: Template[] = [];
  #made = 0;

  constructor(scene: string) {
    super(scene);
    if (scene !== 'plans') return;
    this.kept = templates();
    this.schedules = schedules(Date.now());
  }

  #tell(schedules: Schedule[]): void {
    this.schedules = schedules;
    this.emit({ type: 'schedules', schedules });
  }

  #schedule(id: string): Schedule {
    const found = this.schedules.find((one) => one.id === id);
    if (!found) throw no('invalid_input', 'There is no such schedule.');
    return found;
  }

  async saveSchedule(draft: ScheduleDraft): Promise<string> {
    if (draft.name.trim() === '') throw no('invalid_input', 'The schedule needs a name.');
    const now = Date.now();
    const before = draft.id === null ? null : this.#schedule(draft.id);
    const id = before?.id ?? `schedule-${++this.#made}`;
    const next_at = draft.enabled ? (times(draft.when, now, 1)[0] ?? null) : null;
    const made: Schedule = {
      ...draft,
      id,
      made_at: before?.made_at ?? now,
      since: now,
      next_at,
      seen: null,
      begun: null,
      last: before?.last ?? null,
      problem: null,
    };
    const others = this.schedules.filter((one) => one.id !== id);
    this.#tell(before ? this.schedules.map((one) => (one === before ? made : one)) : [...others, made]);
    return id;
  }

  async removeSchedule(id: string): Promise<void> {
    this.#schedule(id);
    this.#tell(this.schedules.filter((one) => one.id !== id));
  }

  async enableSchedule(id: string, enabled: boolean): Promise<void> {
    await this.saveSchedule({ ...this.#schedule(id), enabled });
  }

  async runSchedule(id: string): Promise<SessionId[]> {
    const one = this.#schedule(id);
    const tasks = await this.queueAdd(one.addition);
    const at = Date.now();
    const last = { at, due_at: at, missed: 0, tasks, problem: null };
    this.#tell(this.schedules.map((other) => (other.id === id ? { ...one, last } : other)));
    return tasks;
  }

  async scheduleTimes(when: When, count: number): Promise<number[]> {
    return times(when, Date.now(), count);
  }

  async templates(repository: string | null): Promise<TemplateList> {
    const fits = (one: Template) => one.repository === null || one.repository === repository;
    return { templates: this.kept.filter(fits), problems: [] };
  }

  async saveTemplate(template: Template): Promise<void> {
    if (template.name.trim() === '') throw no('invalid_input', 'A template needs a name.');
    await this.removeTemplate(template.name, template.repository);
    this.kept = [...this.kept, { ...template, shared: false }];
  }

  async removeTemplate(name: string, repository: string | null): Promise<void> {
    const is = (one: Template) => !one.shared && one.name === name && one.repository === repository;
    this.kept = this.kept.filter((one) => !is(one));
  }

  async exportTemplate(template: Template, repository: string): Promise<string> {
    this.kept = [...this.kept, { ...template, repository, shared: true }];
    return `${repository}/bosk.toml`;
  }
}

/** The next times, by the clock of whoever looks. */
function times(when: When, now: number, count: number): number[] {
  switch (when.kind) {
    case 'at':
      if (when.at <= now) throw no('invalid_input', 'That time is over, so it would never run.');
      return [when.at];
    case 'minutes':
      return Array.from({ length: count }, (_, at) => now + (at + 1) * when.minutes * MINUTE);
    case 'days': {
      const midnight = new Date(now).setHours(0, 0, 0, 0);
      const days = Array.from({ length: count * 7 + 1 }, (_, at) => midnight + at * DAY * MINUTE);
      const fits = (day: number) => when.days.length === 0 || when.days.includes(new Date(day).getDay());
      const all = days.filter(fits).map((day) => day + when.minute * MINUTE);
      return all.filter((at) => at > now).slice(0, count);
    }
    case 'cron':
      if (when.expression.trim().split(/\s+/).length !== 5)
        throw no('invalid_input', 'A cron expression has five fields.', 'Such as `30 2 * * 1-5`.');
      return Array.from({ length: count }, (_, at) => now + (at + 1) * DAY * MINUTE);
    case 'commit':
    case 'reset':
      return [];
  }
}
