import type { BranchLog, ConflictFile, ForgeView, PullRequest, PushPlan } from '../types';

/** Made-up branches: their commits, files in conflict, and pull requests. */

export const commitId = (number: number) => (number + 1).toString(16).padStart(2, '0').repeat(20);

/** A branch with a merge of its base in it, and what the base has done since. */
export function log(branch: string, base: string, now: number, unpushed: number): BranchLog {
  const rows: [subject: string, parents: number[], own: boolean, names: string[]][] = [
    ['Keep the query string over the login redirect', [1], true, [branch]],
    [`Merge ${base} into ${branch}`, [2, 3], true, []],
    ['Test where a visitor is led after the login', [4], true, []],
    ['Cache the exchange rates for an hour', [5], false, [base, `origin/${base}`]],
    ['Read where to return to from one place', [5], true, []],
    ['Write amounts by the visitor’s locale', [6], false, ['v1.2']],
    ['Drop the old price service', [7], false, []],
    ['Port the pricing tests to Vitest', [8], false, []],
  ];
  const commits = rows.map(([subject, parents, own, names], at) => ({
    id: commitId(at),
    parents: parents.map(commitId),
    subject,
    author: own ? 'Mina' : 'Jun',
    at: Math.round(now / 1000) - at * 5400,
    names,
    own,
    unpushed: own && at < unpushed,
  }));
  return { commits, more: true };
}

const block = (ours: string, theirs: string) => `<<<<<<< ours\n${ours}=======\n${theirs}>>>>>>> theirs\n`;
const redirect = (back: string, keep: string) =>
  `import { sessionOf } from './session';\n\n${back}\nexport function afterLogin(visitor: Visitor) {\n${keep}  return sessionOf(visitor);\n}\n`;
const [ourBack, theirBack] = ['const back = here.pathname + here.search;\n', 'const back = returnUrl();\n'];
const [ourKeep, theirKeep] = ['  keep(back, { query: true });\n', '  remember(back);\n'];

/** Files in conflict: one in two places, one that one side has removed, one that is a picture. */
export function conflictFiles(): ConflictFile[] {
  return [
    {
      path: 'src/auth/redirect.ts',
      base: redirect('const back = here.pathname;\n', '  keep(back);\n'),
      ours: redirect(ourBack, ourKeep),
      theirs: redirect(theirBack, theirKeep),
      now: redirect(block(ourBack, theirBack), block(ourKeep, theirKeep)),
      binary: false,
      stamp: 'redirect-1',
    },
    {
      path: 'src/legacy.ts',
      base: 'export const old = 1;\n',
      ours: null,
      theirs: 'export const old = 2;\n',
      now: 'export const old = 2;\n',
      binary: false,
      stamp: 'legacy-1',
    },
    {
      path: 'static/logo.png',
      base: null,
      ours: null,
      theirs: null,
      now: null,
      binary: true,
      stamp: 'logo-1',
    },
  ];
}

export const remotes: PushPlan['remotes'] = [
  {
    name: 'origin',
    url: 'https://github.com/mina/shop.git',
    forge: 'github',
    compare_url: 'https://github.com/mina/shop/compare/main...fix-the-login',
  },
  { name: 'backup', url: 'ssh://backup.example/shop.git', forge: null, compare_url: null },
];

export const request: PullRequest = {
  number: 214,
  title: 'Keep the query string over the login redirect',
  url: 'https://github.com/mina/shop/pull/214',
  state: 'open',
  draft: false,
  checks: [
    { name: 'lint', passed: true, url: 'https://github.com/mina/shop/actions/1' },
    { name: 'test (ubuntu)', passed: false, url: 'https://github.com/mina/shop/actions/2' },
    { name: 'test (windows)', passed: null, url: null },
  ],
  comments: [
    {
      id: 'c1',
      author: 'jun',
      body: 'Should `hash` not be kept **as well**?',
      path: 'src/auth/redirect.ts',
      line: 12,
    },
    { id: 'c2', author: 'bora', body: 'Nice.', path: null, line: null },
  ],
};

export const forgeView = (scene: string, request: PullRequest | null): ForgeView => ({
  state: scene === 'signed-out' ? 'signed_out' : scene === 'no-gh' ? 'missing' : 'ready',
  kind: 'github',
  compare_url: remotes[0]?.compare_url ?? null,
  title: 'Keep the query string over the login redirect',
  body: 'The login led to the path alone.\n\n- keeps query and hash\n- one test for each',
  request,
});
