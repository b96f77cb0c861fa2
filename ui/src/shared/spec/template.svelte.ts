import type { Backend } from '../../backend';
import type { Template } from '../../backend/types';
import type { LaunchForm } from './form.svelte';
import { namesIn } from './names';
import { Shelf } from './shelf.svelte';

const set = [
  'base',
  'worktree',
  'model',
  'effort',
  'mode',
  'allowed',
  'denied',
  'system',
  'turns',
  'budget',
  'limits',
  'check',
] as const;
type Fields = Pick<LaunchForm, (typeof set)[number]>;

/** What a template says; nothing of what it leaves open. */
function fieldsOf(one: Template): Partial<Fields> {
  const all: { [Name in keyof Fields]: Fields[Name] | null } = {
    base: one.base,
    worktree: one.worktree,
    model: one.model,
    effort: one.effort,
    mode: one.permission_mode,
    allowed: one.allowed_tools.join('\n') || null,
    denied: one.denied_tools.join('\n') || null,
    system: one.append_system_prompt,
    turns: one.max_turns === null ? null : String(one.max_turns),
    budget: one.max_budget_usd === null ? null : String(one.max_budget_usd),
    limits: one.limits,
    check: one.check,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** The template that a launch begins from, and what is done about templates beside it. */
export class TemplateForm extends Shelf {
  used = $state.raw<Template | null>(null);
  /** One that the repository brings, until the person has agreed to it. */
  asked = $state.raw<Template | null>(null);
  aside = $state<'agree' | 'save' | 'manage' | null>(null);
  /** What stood in the form, and what was put there. */
  #before: Partial<Fields> = {};
  #put: Partial<Fields> = {};
  #words: { before: string; put: string } | null = null;

  constructor(
    backend: Backend,
    readonly form: LaunchForm,
    /** Where the prompt stands: in the form, or where there are many of them. */
    private readonly prompt: { get: () => string; set: (text: string) => void } = {
      get: () => form.prompt,
      set: (text) => this.#word(text),
    },
  ) {
    super(backend);
  }

  /** Nothing of one that the repository brings is used unseen. */
  choose(template: Template): void {
    if (!template.shared) return this.use(template);
    this.asked = template;
    this.aside = 'agree';
  }

  use(template: Template): void {
    this.drop();
    const { form } = this;
    this.#put = fieldsOf(template);
    const names = set.filter((name) => name in this.#put);
    this.#before = Object.fromEntries(names.map((name) => [name, form[name]]));
    Object.assign(form, this.#put);
    this.prompt.set(template.prompt);
    this.used = template;
    this.close();
  }

  /** Puts back what stood in the form, but for what was changed since. */
  drop(): void {
    const { form } = this;
    const kept = set.filter((name) => name in this.#put && form[name] === this.#put[name]);
    Object.assign(form, Object.fromEntries(kept.map((name) => [name, this.#before[name]])));
    if (form.prompt === this.#words?.put) form.prompt = this.#words.before;
    form.values = null;
    this.#words = null;
    this.#put = {};
    this.used = null;
  }

  close(): void {
    this.asked = null;
    this.aside = null;
    this.problem = null;
  }

  /** The form as a template. */
  draft(name: string, repository: string | null): Template {
    const { form } = this;
    const { base, model, effort, allowed_tools, denied_tools, append_system_prompt, max_turns } = form.spec;
    const { max_budget_usd, limits, check } = form.spec;
    return {
      name,
      shared: false,
      repository,
      prompt: this.prompt.get(),
      base,
      worktree: form.worktree ? null : false,
      model,
      effort,
      permission_mode: form.mode,
      allowed_tools,
      denied_tools,
      append_system_prompt,
      max_turns,
      max_budget_usd,
      limits,
      check,
    };
  }

  /** Words of one's own are added to it; names in braces become fields. */
  #word(text: string): void {
    const { form } = this;
    const before = form.prompt;
    if (text.trim() !== '') form.prompt = before.trim() ? `${text}\n\n${before.trim()}` : text;
    this.#words = { before, put: form.prompt };
    form.values = namesIn(text).length > 0 ? {} : null;
  }
}
