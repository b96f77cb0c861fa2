import { t } from '../../i18n/index.svelte';

/** What the CLI says about itself. None of its form is certain: what is not as expected is left out. */

export type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const record = (value: unknown): Fields => (isRecord(value) ? value : {});
const records = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const figure = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
const words = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
/** The first that says something. */
const either = (from: Fields, ...keys: string[]): string =>
  keys.map((key) => words(from[key])).find(Boolean) ?? '';

export interface Category {
  name: string;
  tokens: number;
  /** Of all there is room for, from 0 to 1; null where that is not known. */
  share: number | null;
}

export interface Context {
  categories: Category[];
  total: number | null;
  max: number | null;
  /** From 0 to 1. */
  full: number | null;
}

export function contextOf(answer: unknown): Context {
  const from = record(answer);
  const named = records(from['categories']).flatMap((one) => {
    const tokens = figure(one['tokens']);
    return tokens === null ? [] : [{ name: words(one['name']), tokens }];
  });
  const max = figure(from['maxTokens']);
  const total = figure(from['totalTokens']);
  const percentage = figure(from['percentage']);
  const full = percentage !== null ? percentage / 100 : total !== null && max ? total / max : null;
  const categories = named.map((one) => ({ ...one, share: max ? Math.min(1, one.tokens / max) : null }));
  return { categories, total, max, full };
}

export interface Server {
  name: string;
  status: string;
  error: string;
}

export function serversOf(answer: unknown): Server[] {
  return arrayIn(answer, 'mcpServers').flatMap((one) => {
    const name = words(one['name']);
    const error = either(one, 'error') || either(record(one['error']), 'message');
    return name ? [{ name, status: words(one['status']), error }] : [];
  });
}

export interface BackgroundTask {
  /** Empty where it has none: then it can't be stopped. */
  id: string;
  name: string;
  status: string;
  /** What a subagent has used so far; null for what uses none. */
  tokens: number | null;
  over: boolean;
}

const over = [
  'completed',
  'complete',
  'done',
  'failed',
  'killed',
  'stopped',
  'cancelled',
  'canceled',
  'exited',
];

export function tasksOf(answer: unknown): BackgroundTask[] {
  return arrayIn(answer, 'tasks').map((one) => {
    const id = either(one, 'id', 'task_id', 'taskId');
    const status = words(one['status']);
    const name = either(one, 'description', 'command', 'title', 'name') || id;
    const tokens = figure(record(one['usage'])['total_tokens']);
    return { id, name, status, tokens, over: over.includes(status.toLowerCase()) };
  });
}

const behaviours = ['deny', 'ask', 'allow'] as const;

export interface Rule {
  behaviour: (typeof behaviours)[number];
  /** In the CLI's own form, as `Bash(npm test:*)`. */
  rule: string;
  /** The CLI's name for where it stands. */
  source: string;
}

/** The rules by which it decides, those that deny first: they win. */
export function rulesOf(answer: unknown): Rule[] {
  const all = records(record(record(answer)['state'])['rules']).flatMap((one) => {
    const behaviour = behaviours.find((known) => known === one['behavior']);
    const rule = words(one['rule']);
    return behaviour && rule ? [{ behaviour, rule, source: words(one['source']) }] : [];
  });
  return behaviours.flatMap((behaviour) => all.filter((one) => one.behaviour === behaviour));
}

const sources = [
  'cliArg',
  'session',
  'localSettings',
  'projectSettings',
  'userSettings',
  'policySettings',
] as const;

/** Where a rule stands, put plainly; a place that is not known is shown as it came. */
export function sourceWords(source: string): string {
  const known = sources.find((one) => one === source);
  return known ? t(`context.source.${known}`) : source;
}

/** The list under that key, or else the first list of things under any key. */
function arrayIn(answer: unknown, key: string): Fields[] {
  if (Array.isArray(answer)) return records(answer);
  const from = record(answer);
  if (Array.isArray(from[key])) return records(from[key]);
  return (
    Object.values(from)
      .map(records)
      .find((all) => all.length > 0) ?? []
  );
}
