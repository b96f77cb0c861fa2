import type { Ending, LaunchSpec, RemovalToken, RewindPlan, SessionId } from '../types';
import { no, World } from './world';

/** What git and the repository's files would say. */
export class Repository extends World {
  trusted = true;

  async describeRepository(path: string) {
    if (path.includes('plain'))
      throw no(
        'not_a_repository',
        `${path} is not inside a git repository.`,
        'Choose another folder, or make it a repository.',
      );
    const base = (kind: 'branch' | 'remote' | 'tag', name: string) => ({
      kind,
      name,
      reference: `refs/${kind}/${name}`,
      commit: 'c0ffee',
      subject: 'Fix the build',
      committed_at: 0,
    });
    return {
      name: path.split('/').at(-1) ?? path,
      path,
      head: 'main',
      bases: [base('branch', 'main'), base('remote', 'origin/main'), base('tag', 'v1.2')],
    };
  }

  async planLaunch(spec: LaunchSpec) {
    if (spec.branch === 'main')
      throw no('branch_exists', 'A branch named main exists already.', 'Choose another name.');
    const slug =
      spec.prompt
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40) || 'task';
    const branch = spec.branch ?? slug;
    const own = spec.worktree ? `/home/mina/.bosk/worktrees/shop/${branch}` : spec.repository;
    const folder = spec.folder ?? own;
    const isThere = spec.folder !== null || !spec.worktree;
    const others = [...this.sessions.values()].filter(
      ({ summary }) => summary.folder === folder && summary.state !== 'ended',
    );
    return {
      repository: {
        root: spec.repository,
        name: 'shop',
        head: { state: 'branch' as const, name: 'main', commit: 'c0ffee' },
      },
      folder,
      branch: isThere ? (others[0]?.summary.branch ?? 'main') : branch,
      base_name: spec.base ?? 'main',
      base_commit: 'c0ffee',
      shared_with: isThere ? others.map(({ summary }) => summary.id) : [],
    };
  }

  async trustReport() {
    return {
      state: 'unknown' as const,
      fingerprint: 'abc',
      findings: [
        {
          kind: 'hook' as const,
          name: 'PreToolUse (Bash)',
          detail: './scripts/check.sh | tee log',
          file: '.claude/settings.json',
        },
        { kind: 'permission' as const, name: 'Bash(npm run *)', detail: null, file: '.claude/settings.json' },
        { kind: 'mcp_server' as const, name: 'tracker', detail: 'npx -y tracker-mcp', file: '.mcp.json' },
        { kind: 'setup_script' as const, name: 'setup', detail: 'npm ci', file: 'bosk.toml' },
      ],
    };
  }

  async acceptTrust(): Promise<void> {
    this.trusted = true;
  }

  async changedFiles() {
    const file = (
      path: string,
      kind: 'modified' | 'untracked' | 'deleted',
      added: number,
      removed: number,
    ) => ({ path, old_path: null, kind, added, removed, binary: false });
    const files = [
      file('src/auth/redirect.ts', 'modified', 4, 2),
      file('src/auth/a-very-long-folder-name/with/more/return-url.test.ts', 'untracked', 38, 0),
      file('src/legacy.ts', 'deleted', 0, 120),
    ];
    return { files, total: 3, added: 42, removed: 122, more: false };
  }

  async rewindPlan(_id: SessionId, _message: string): Promise<RewindPlan> {
    return { now: 'c0ffee'.padEnd(40, '0'), changes: await this.changedFiles(), conversation: true };
  }

  async fileDiff() {
    const text = [
      'diff --git a/x b/x',
      '--- a/x',
      '+++ b/x',
      '@@ -10,4 +10,5 @@ fn main',
      ' const a = 1;',
      '-return location.pathname;',
      '+return pathname + search + hash;',
      '+// kept',
      ' }',
      ' ',
    ].join('\n');
    return { text, truncated: false };
  }

  async removalPlan(id: SessionId) {
    const { summary } = this.session(id);
    return {
      token: { head: 'a', snapshot: 'b', worktree: 'c' },
      folder: summary.folder,
      branch: summary.branch,
      own_commits: 2,
      merged: null,
      uncommitted: true,
      ignored: [
        { path: 'node_modules/', bytes: 412_000_000 },
        { path: '.env', bytes: 312 },
      ],
      ignored_total: 2,
      nested: [],
    };
  }

  async initRepository(): Promise<void> {}

  async answerSetup(): Promise<void> {}

  async suggestFiles(_id: SessionId, query: string): Promise<string[]> {
    return ['src/auth/redirect.ts', 'src/auth/login.ts', 'tests/pricing.test.ts', 'README.md'].filter(
      (file) => file.includes(query),
    );
  }

  async removeSession(id: SessionId, _token?: RemovalToken, _ending?: Ending): Promise<void> {
    this.sessions.delete(id);
    this.emit({ type: 'session_gone', id });
  }
}
