import type { Entry } from '../types';

/** Made-up transcripts: every kind of entry that the real ones have. */

type Body = Entry extends infer One
  ? One extends Entry
    ? Omit<One, 'index' | 'at' | 'parent'>
    : never
  : never;

export function entries(bodies: (Body & { parent?: string })[], start: number): Entry[] {
  return bodies.map((body, index) => ({ parent: null, ...body, index, at: start + index * 9000 }) as Entry);
}

const result = (text: string, detail: unknown = {}, is_error = false) => ({
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
): Body => ({
  kind: 'tool_use',
  id,
  name,
  input,
  result: outcome,
  decision: null,
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

/** One of each thing that goes wrong or is unusual. */
export function troubles(start: number): Entry[] {
  return entries(
    [
      { kind: 'prompt', uuid: crypto.randomUUID(), text: 'Upgrade the database driver', images: 2 },
      { kind: 'thinking', text: '' },
      {
        kind: 'usage_limit',
        status: 'allowed_warning',
        window: 'five_hour',
        utilization: 0.82,
        resets_at: Math.round(start / 1000) + 5400,
      },
      { kind: 'changed', what: 'permission_mode', value: 'acceptEdits' },
      { kind: 'changed', what: 'model', value: 'claude-opus-5' },
      { kind: 'compacted', before: 168_000 },
      tool('mcp__tracker__search', { query: 'driver', limit: 5 }, result('Nothing found.')),
      {
        ...tool('Bash', { command: 'rm -rf build' }, result('The user denied this.', {}, true)),
        decision: { answer: 'deny', message: 'Keep the build folder.', interrupt: false },
      } as Body,
      { kind: 'unknown', name: 'system hologram', raw: '{"type":"system","subtype":"hologram","depth":3}' },
      {
        kind: 'raw',
        reason: 'not_json',
        bytes: 2310,
        start: 'Segmentation fault? \u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007',
      },
      {
        kind: 'notice',
        level: 'warning',
        text: 'Claude Code has said nothing for ten minutes. It may still be thinking.',
      },
      {
        kind: 'turn_end',
        is_error: true,
        subtype: 'success',
        text: null,
        duration_ms: 900,
        cost_usd: 0,
        turns: 1,
        problem: {
          code: 'signed_out',
          message: 'Claude Code is no longer signed in, so the session waits. Nothing is lost.',
          hint: 'Sign in again; the session goes on from here.',
        },
      },
      { kind: 'stopping', reason: 'person', step: 'interrupt' },
      { kind: 'stopping', reason: 'person', step: 'terminate' },
      { kind: 'ended', outcome: 'stopped', reason: 'person', left_behind: ['node', 'esbuild'] } as Body,
      { kind: 'resumed' },
    ],
    start,
  );
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
