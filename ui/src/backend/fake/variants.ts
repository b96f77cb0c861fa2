import type {
  Chosen,
  LaunchSpec,
  SessionId,
  VariantGroup,
  VariantKind,
  VariantView,
  Variants,
} from '../types';
import { Tasks } from './queue';
import { no } from './world';

/** Attempts at the same: launched through the queue, compared, and put away but for one. */
export class Compared extends Tasks {
  #groups = 0;

  async launchVariants(variants: Variants): Promise<VariantGroup> {
    this.calls.push({ name: 'launchVariants', args: [variants] });
    const group = `group-${++this.#groups}`;
    const specs = specsOf(variants, group);
    if (specs.length < 2 || specs.length > 16)
      throw no('invalid_input', `Between 2 and 16 variants can be compared, not ${specs.length}.`);
    const batch = variants.spec.prompt.split('\n')[0] ?? '';
    const addition = { specs, batch, max_usd: null, priority: 'normal' as const, after: [], builds_on: null };
    return { group, sessions: await this.queueAdd({ ...addition, one_after_another: false }) };
  }

  async compareVariants(group: string): Promise<VariantView[]> {
    const sessions = [...this.sessions.values()].flatMap(({ summary }): VariantView[] => {
      const { id, variant, glance, check, cost_usd, worked } = summary;
      if (variant?.group !== group) return [];
      const n = variant.number;
      const changes = { files: n, added: n * 31, removed: n * 7 };
      return [{ id, variant, glance, changes, check, cost_usd, worked, rank: null }];
    });
    const done = sessions.filter(({ glance, check }) => glance === 'done' || check?.verdict === 'failed');
    done.sort((a, b) => standing(a) - standing(b) || a.cost_usd - b.cost_usd || a.worked - b.worked);
    done.forEach((one, at) => (one.rank = at + 1));
    const waiting = this.tasks.flatMap(({ id, spec: { variant } }): VariantView[] =>
      variant?.group === group && !this.sessions.has(id)
        ? [
            {
              id,
              variant,
              glance: 'queued',
              changes: null,
              check: null,
              cost_usd: 0,
              worked: 0,
              rank: null,
            },
          ]
        : [],
    );
    const all = [...sessions, ...waiting].sort((a, b) => a.variant.number - b.variant.number);
    if (all.length === 0) throw no('session_unknown', 'There are no such variants.');
    return all;
  }

  async chooseVariant(group: string, id: SessionId): Promise<Chosen> {
    this.calls.push({ name: 'chooseVariant', args: [group, id] });
    const all = await this.compareVariants(group);
    if (!all.some((one) => one.id === id && one.glance !== 'queued'))
      throw no('session_unknown', 'That session is none of these variants.');
    const archived = [];
    for (const other of all.filter((one) => one.id !== id)) {
      if (other.glance === 'queued') await this.queueCancel(other.id);
      else await this.removeSession(other.id);
      archived.push({ id: other.id, snapshot: other.glance === 'queued' ? null : 'c0ffee'.padEnd(40, '0') });
    }
    return { archived, left: [] };
  }
}

const standing = ({ check }: VariantView) =>
  ({ passed: 0, failed: 2, checking: 1 })[check?.verdict ?? 'checking'];

function specsOf({ spec, kinds }: Variants, group: string): LaunchSpec[] {
  const each = kinds.flatMap((kind) => Array.from({ length: kind.count }, () => kind));
  return each.map((kind, at) => ({
    ...spec,
    model: kind.model ?? spec.model,
    effort: kind.effort ?? spec.effort,
    append_system_prompt: [spec.append_system_prompt, kind.instructions].filter(Boolean).join('\n\n') || null,
    variant: { group, number: at + 1, label: label(kind, at) },
  }));
}

const label = ({ model, effort, instructions }: VariantKind, at: number) =>
  [model, effort, instructions?.slice(0, 40)].filter(Boolean).join(' · ') || String(at + 1);
