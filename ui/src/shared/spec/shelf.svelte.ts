import type { Backend } from '../../backend';
import type { Problem, Template } from '../../backend/types';
import { asProblem } from '../../state/connection';

/** For whom a template is: one's own for this repository or for all, or one that the repository brings. */
export const places = ['own', 'all', 'shared'] as const;
export type Place = (typeof places)[number];

export const placeOf = ({ shared, repository }: Template): Place =>
  shared ? 'shared' : repository === null ? 'all' : 'own';

/** The same for no two of them. */
export const keyOf = (template: Template) => `${placeOf(template)} ${template.name}`;

/** The templates for a repository, and what is done to them. */
export class Shelf {
  all = $state.raw<readonly Template[]>([]);
  /** What could not be read, and why. */
  problems = $state.raw<readonly Problem[]>([]);
  /** Of the last thing that was done. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** The main work tree of the repository that they are for. */
  repository = $state<string | null>(null);

  constructor(readonly backend: Backend) {}

  async look(repository: string | null): Promise<void> {
    this.repository = repository;
    try {
      const { templates, problems } = await this.backend.templates(repository);
      if (repository !== this.repository) return;
      this.all = templates;
      this.problems = problems;
    } catch (error) {
      if (repository === this.repository) this.problems = [asProblem(error)];
    }
  }

  /** One's own of that name for the same, which would be replaced. */
  own(name: string, repository: string | null): Template | undefined {
    return this.all.find((one) => !one.shared && one.name === name && one.repository === repository);
  }

  save(template: Template): Promise<boolean> {
    return this.#do(() => this.backend.saveTemplate(template));
  }

  remove({ name, repository }: Template): Promise<boolean> {
    return this.#do(() => this.backend.removeTemplate(name, repository));
  }

  /** Under another name. What it was called before goes only once it is kept. */
  rename(template: Template, name: string): Promise<boolean> {
    return this.#do(async () => {
      await this.backend.saveTemplate({ ...template, name });
      await this.backend.removeTemplate(template.name, template.repository);
    });
  }

  /** For everybody who has the repository. The file's path. */
  async share(template: Template): Promise<string | null> {
    const { repository } = this;
    let path: string | null = null;
    if (repository !== null)
      await this.#do(async () => {
        path = await this.backend.exportTemplate(template, repository);
      });
    return path;
  }

  /** Whether it worked. */
  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      await this.look(this.repository);
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
