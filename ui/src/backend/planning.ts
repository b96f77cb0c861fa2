import type {
  BatchSource,
  Chosen,
  ScheduleDraft,
  SessionId,
  Template,
  Templates,
  VariantGroup,
  VariantView,
  Variants,
  When,
} from './types';

/** What is prepared for later, or for many at once: batches, schedules, templates, and attempts at the same. */
export interface PlanningBackend {
  /** The prompts that a text, a table or a file comes to. */
  batchPrompts(source: BatchSource): Promise<string[]>;
  /** Asks for a file with prompts or a table: its path; null when the person thought better of it. */
  batchFile(): Promise<string | null>;
  /** Keeps a schedule, a new one or in the place of another: its id. What is there is told with the snapshot, and by events. */
  saveSchedule(draft: ScheduleDraft): Promise<string>;
  removeSchedule(id: string): Promise<void>;
  enableSchedule(id: string, enabled: boolean): Promise<void>;
  /** Adds its tasks to the queue now; the sessions that they will be. */
  runSchedule(id: string): Promise<SessionId[]>;
  /** When it would run next (milliseconds since 1970), so many times at most; refused where it cannot be understood. */
  scheduleTimes(when: When, count: number): Promise<number[]>;
  /** The templates for a repository: one's own, and those that it brings. Without one, those for all. */
  templates(repository: string | null): Promise<Templates>;
  /** Keeps one of one's own, in the place of one with the same name for the same repository. */
  saveTemplate(template: Template): Promise<void>;
  removeTemplate(name: string, repository: string | null): Promise<void>;
  /** Writes one into the `bosk.toml` of a repository, for everybody who has that: the file's path. */
  exportTemplate(template: Template, repository: string): Promise<string>;
  /** Adds attempts at the same to the queue. */
  launchVariants(variants: Variants): Promise<VariantGroup>;
  /** All of a group, by their numbers. */
  compareVariants(group: string): Promise<VariantView[]>;
  /** Keeps one of a group; the others are stopped and put away, each after a snapshot. */
  chooseVariant(group: string, id: SessionId): Promise<Chosen>;
}
