import type {
  Effort,
  Fork,
  LaunchPlan,
  LaunchSpec,
  Limits,
  PermissionMode,
  Problem,
  RepositoryInfo,
} from '../../backend/types';
import type { Backend } from '../../backend';
import { asProblem } from '../../state/connection';
import { fillIn, namesIn } from './names';

/** What is kept from one launch for the next: never the permission to skip permissions. */
interface Remembered {
  model?: string;
  effort?: Effort | '';
  mode?: PermissionMode;
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const positive = (text: string) => text.trim() === '' || Number(text) > 0;

/** What is chosen for a launch, or for many, and where it would lead. */
export class LaunchForm {
  repository = $state('');
  prompt = $state('');
  /** For the names in braces of the prompt, where that is a template's. */
  values = $state.raw<Readonly<Record<string, string>> | null>(null);
  base = $state('');
  branch = $state('');
  model = $state('');
  effort = $state<Effort | ''>('');
  mode = $state<PermissionMode>('manual');
  allowed = $state('');
  denied = $state('');
  system = $state('');
  turns = $state('');
  budget = $state('');
  worktree = $state(true);
  /** The command that tells whether the work is right. */
  check = $state('');
  /** A worktree that is there, and is to be worked in. */
  folder = $state<string | null>(null);
  /** Where in the worktree Claude works; its root when empty. */
  subfolder = $state('');
  /** Whether the branch is there, and is checked out. */
  existing = $state(false);
  /** What it goes on from. */
  fork = $state.raw<Fork | null>(null);
  /** Its own, where they are not as the settings have them. */
  limits = $state.raw<Limits | null>(null);
  limitsValid = $state(true);

  info = $state.raw<RepositoryInfo | null>(null);
  plan = $state.raw<LaunchPlan | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The plan on show is about older values. */
  planning = $state(false);
  busy = $state(false);

  numbersValid = $derived(
    positive(this.turns) && Number.isInteger(Number(this.turns)) && positive(this.budget),
  );
  /** All but the prompt is right. */
  filled = $derived(this.repository !== '' && this.numbersValid && this.limitsValid && !this.busy);
  names = $derived(this.values ? namesIn(this.prompt) : []);
  ready = $derived(
    this.filled && this.prompt.trim() !== '' && this.names.every((name) => this.values?.[name]?.trim()),
  );

  spec: LaunchSpec = $derived({
    repository: this.repository,
    prompt: this.values ? fillIn(this.prompt, this.values) : this.prompt,
    images: [],
    base: this.base || null,
    branch: this.branch.trim() || null,
    existing: this.existing,
    worktree: this.worktree,
    folder: this.folder,
    subfolder: this.subfolder.trim() || null,
    model: this.model.trim() || null,
    effort: this.effort || null,
    permission_mode: this.mode,
    allowed_tools: lines(this.allowed),
    denied_tools: lines(this.denied),
    append_system_prompt: this.system.trim() || null,
    max_turns: this.turns ? Number(this.turns) : null,
    max_budget_usd: this.budget ? Number(this.budget) : null,
    limits: this.limits,
    check: this.check.trim() || null,
    variant: null,
    fork: this.fork,
    backend: { kind: 'account' },
  });

  /** The repository that was looked at last. */
  described = '';
  #asked = 0;

  constructor(readonly backend: Backend) {}

  async recall(): Promise<void> {
    const kept = (await this.backend.recall('launch').catch(() => null)) as Remembered | null;
    if (!kept || typeof kept !== 'object') return;
    this.model = kept.model ?? '';
    this.effort = kept.effort ?? '';
    this.mode = kept.mode && kept.mode !== 'bypassPermissions' ? kept.mode : 'manual';
  }

  /** It works in a worktree, or on a branch, that is there. */
  goThere(folder: string | null, branch: string | null): void {
    this.folder = folder;
    this.existing = branch !== null;
    this.branch = branch ?? '';
    void this.describe(this.repository);
  }

  /** As something is launched already. */
  take(spec: LaunchSpec): void {
    this.prompt = spec.prompt;
    this.base = spec.base ?? '';
    this.branch = spec.branch ?? '';
    this.existing = spec.existing;
    this.worktree = spec.worktree;
    this.folder = spec.folder;
    this.subfolder = spec.subfolder ?? '';
    this.model = spec.model ?? '';
    this.effort = spec.effort ?? '';
    this.mode = spec.permission_mode;
    this.allowed = spec.allowed_tools.join('\n');
    this.denied = spec.denied_tools.join('\n');
    this.system = spec.append_system_prompt ?? '';
    this.turns = String(spec.max_turns ?? '');
    this.budget = String(spec.max_budget_usd ?? '');
    this.limits = spec.limits;
    this.check = spec.check ?? '';
    this.fork = spec.fork;
  }

  remember(): void {
    const mode = this.mode === 'bypassPermissions' ? 'manual' : this.mode;
    const kept: Remembered = { model: this.model, effort: this.effort, mode };
    this.backend.remember('launch', kept).catch(() => undefined);
  }

  /** Looks at the repository: its name, and what can be started from. */
  async describe(path: string): Promise<void> {
    this.described = path;
    this.info = null;
    this.problem = null;
    if (!path) return;
    try {
      const info = await this.backend.describeRepository(path);
      if (path === this.repository) this.info = info;
    } catch (error) {
      if (path === this.repository) this.problem = asProblem(error);
    }
  }

  /** Asks where these values would lead. */
  async look(spec: LaunchSpec): Promise<void> {
    const asked = ++this.#asked;
    try {
      const plan = await this.backend.planLaunch(spec);
      if (asked !== this.#asked) return;
      this.plan = plan;
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.plan = null;
      this.problem = asProblem(error);
    } finally {
      if (asked === this.#asked) this.planning = false;
    }
  }
}
