import type { Check, Entry, ToolCost } from '../types';

/** Made-up transcripts: every kind of entry that the real ones have. */

export type Body = Entry extends infer One
  ? One extends Entry
    ? Omit<One, 'index' | 'at' | 'parent'>
    : never
  : never;

export function entries(bodies: (Body & { parent?: string })[], start: number): Entry[] {
  return bodies.map((body, index) => ({ parent: null, ...body, index, at: start + index * 9000 }) as Entry);
}

export const result = (text: string, detail: unknown = {}, is_error = false) => ({
  at: 0,
  is_error,
  text,
  images: 0,
  detail,
});

export const tool = (
  name: string,
  input: unknown,
  outcome = result(''),
  id: string = crypto.randomUUID(),
  cost: ToolCost | null = null,
): Body => ({
  kind: 'tool_use',
  id,
  name,
  input,
  result: outcome,
  decision: null,
  cost,
});

const spent = (cpu_seconds: number, peak_memory: number | null, shared = false): ToolCost => ({
  cpu_seconds,
  peak_memory,
  memory_kind: 'pss',
  shared,
});

const answer = `The redirect dropped the query string because \`buildReturnUrl\` used \`location.pathname\` alone. I made three changes:

1. **\`buildReturnUrl\`** keeps \`search\` and \`hash\`.
2. The login form posts \`return_to\` as it came, and the server checks that it is a path of ours.
3. A test covers a deep link with a query.

\`\`\`ts
export function buildReturnUrl(location: Location): string {
  const { pathname, search, hash } = location;
  // Only a path is taken back: never another origin.
  return pathname + search + hash;
}
\`\`\`

| Case | Before | After |
| --- | --- | --- |
| \`/orders?page=2\` | \`/orders\` | \`/orders?page=2\` |
| \`/orders#total\` | \`/orders\` | \`/orders#total\` |

All 48 tests pass. See [the RFC](https://www.rfc-editor.org/rfc/rfc9110) for why the fragment stays in the browser. ![diagram](https://tracker.example/pixel.png)`;

const testOutput = [
  '\u001b[1m\u001b[46m RUN \u001b[49m\u001b[22m v4.1.0',
  '',
  ...Array.from(
    { length: 44 },
    (_, at) => ` \u001b[32m✓\u001b[39m src/auth/case-${at + 1}.test.ts (3 tests) ${at + 4}ms`,
  ),
  ' \u001b[31m✗\u001b[39m src/auth/redirect.test.ts (4 tests | \u001b[31m1 failed\u001b[39m) 12ms',
  '',
  '\u001b[2m Test Files \u001b[22m \u001b[31m1 failed\u001b[39m | \u001b[32m44 passed\u001b[39m (45)',
].join('\n');

export function conversation(start: number, prompt: string, folder = '/home/mina/work/shop'): Entry[] {
  const edit = {
    file_path: `${folder}/src/auth/redirect.ts`,
    old_string: 'return location.pathname;',
    new_string: 'return pathname + search + hash;',
  };
  const patch = {
    structuredPatch: [
      {
        oldStart: 12,
        oldLines: 5,
        newStart: 12,
        newLines: 7,
        lines: [
          ' export function buildReturnUrl(location: Location): string {',
          '-  return location.pathname;',
          '+  const { pathname, search, hash } = location;',
          '+  // Only a path is taken back: never another origin.',
          '+  return pathname + search + hash;',
          ' }',
          ' ',
          '-const RETURN_KEY = "returnTo";',
          '+const RETURN_KEY = "return_to";',
        ],
      },
    ],
  };
  return entries(
    [
      { kind: 'setup', output: 'npm ci\nadded 412 packages in 6s', exit: 0 },
      { kind: 'prompt', uuid: crypto.randomUUID(), text: prompt, images: 0 },
      {
        kind: 'thinking',
        text: 'The redirect is built in two places. Let me look at both before I touch anything.',
      },
      { kind: 'text', text: 'I’ll look at how the return address is built first.' },
      tool(
        'Grep',
        { pattern: 'returnTo|return_to', path: `${folder}/src` },
        result('src/auth/redirect.ts\nsrc/auth/login.ts', { numFiles: 2 }),
      ),
      tool(
        'Read',
        { file_path: `${folder}/src/auth/redirect.ts` },
        result('1\texport …', { file: { numLines: 84 } }),
      ),
      tool('TodoWrite', {
        todos: [
          { content: 'Keep the query in the return address', status: 'completed' },
          { content: 'Check the address on the server', status: 'in_progress' },
          { content: 'Cover it with a test', status: 'pending' },
        ],
      }),
      tool(
        'Task',
        { description: 'Find every caller', prompt: 'Find every caller of buildReturnUrl' },
        result('Two callers.'),
        'task-1',
        spent(2.4, 310_000_000, true),
      ),
      {
        ...tool('Grep', { pattern: 'buildReturnUrl' }, result('3 matches', { numFiles: 3 })),
        parent: 'task-1',
      },
      { kind: 'text', text: 'There are two callers: `login.ts` and `session.ts`.', parent: 'task-1' },
      tool('Edit', edit, result('The file has been updated.', patch)),
      tool(
        'Bash',
        { command: 'npm test -- --run src/auth', description: 'Run the tests' },
        result(`Exit code 1\n${testOutput}`, { stdout: testOutput, stderr: '' }, true),
        'tests-1',
        spent(96, 4_100_000_000),
      ),
      tool(
        'Bash',
        { command: 'git status --short' },
        result(' M src/auth/redirect.ts', { stdout: ' M src/auth/redirect.ts', stderr: '' }),
      ),
      { kind: 'retry', attempt: 2, max: 10, delay_ms: 1200, status: 529, error: 'overloaded' },
      { kind: 'text', text: answer },
      {
        kind: 'turn_end',
        is_error: false,
        subtype: 'success',
        text: null,
        problem: null,
        duration_ms: 94_000,
        cost_usd: 0.42,
        turns: 7,
      },
    ],
    start,
  );
}

/** The run of a check, as the transcript has it. */
export function checkEntry({ command, at, took, ...verdict }: Check, index: number): Entry {
  const output = verdict.verdict === 'checking' ? testOutput.slice(0, 400) : testOutput;
  return { kind: 'check', command, output, verdict, took, index, at, parent: null } as Entry;
}

/** A very long transcript, made entry by entry as it is asked for. */
export function longEntry(index: number, start: number): Entry {
  const kinds: Body[] = [
    { kind: 'text', text: `Step ${index}: the **migration** goes on. `.repeat((index % 5) + 1) },
    tool('Bash', { command: `make part-${index}` }, result('ok', { stdout: 'ok', stderr: '' }), `t${index}`),
    tool(
      'Read',
      { file_path: `/home/mina/work/shop/src/part-${index}.ts` },
      result('…', { file: { numLines: index % 400 } }),
      `t${index}`,
    ),
    { kind: 'thinking', text: `Part ${index} depends on the one before it.` },
  ];
  const body = kinds[index % kinds.length] ?? kinds[0];
  return { parent: null, ...body, index, at: start + index * 100 } as Entry;
}
