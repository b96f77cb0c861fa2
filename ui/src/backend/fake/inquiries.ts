import type { Effort, Rewind, SessionId, Subject } from '../types';
import { Compared } from './variants';
import { no } from './world';

/** What is changed about a session while it runs, and what the CLI says about itself. */
export class Inquiries extends Compared {
  /** As the CLI would answer: whoever tests what is made of it puts something else here. */
  readonly told: Record<Subject, unknown> = {
    context: {
      categories: [
        { name: 'System prompt', tokens: 3_100, color: 'promptBorder' },
        { name: 'System tools', tokens: 11_600, color: 'inactive' },
        { name: 'Messages', tokens: 69_600, color: 'purple' },
        { name: 'Free space', tokens: 115_700, color: 'promptBorder' },
      ],
      totalTokens: 84_300,
      maxTokens: 200_000,
      percentage: 42,
    },
    servers: {
      mcpServers: [
        { name: 'tracker', status: 'connected' },
        { name: 'browser', status: 'failed', error: 'connect ECONNREFUSED 127.0.0.1:9222' },
      ],
    },
    tasks: {
      tasks: [
        { id: 'bash_1', type: 'shell', command: 'npm run dev', status: 'running' },
        { task_id: 'agent_2', description: 'Read the migration guide', status: 'completed' },
      ],
    },
    rules: {
      state: {
        rules: [
          {
            behavior: 'allow',
            source: 'projectSettings',
            rule: 'Bash(npm test:*)',
            editability: 'persistent',
          },
          { behavior: 'deny', source: 'userSettings', rule: 'WebFetch', editability: 'persistent' },
          { behavior: 'allow', source: 'cliArg', rule: 'Read(./src/**)', editability: 'session' },
        ],
      },
    },
  };

  async setPermissionMode(id: SessionId, permission_mode: string): Promise<void> {
    this.update(id, { permission_mode });
  }

  async setModel(id: SessionId, model: string): Promise<void> {
    this.update(id, { model });
  }

  async setEffort(id: SessionId, effort: Effort): Promise<void> {
    this.calls.push({ name: 'setEffort', args: [id, effort] });
    this.append(id, { kind: 'changed', what: 'effort', value: effort });
    this.update(id, { effort });
  }

  async askAbout(id: SessionId, subject: Subject): Promise<unknown> {
    this.calls.push({ name: 'askAbout', args: [id, subject] });
    if (this.session(id).summary.state !== 'running')
      throw no('session_state', 'The session does not run, so Claude cannot be asked.');
    return this.told[subject];
  }

  async rewind(id: SessionId, message: string, what: Rewind, now: string | null): Promise<void> {
    this.calls.push({ name: 'rewind', args: [id, message, what, now] });
    this.update(id, {
      rewound: { message, files: what !== 'conversation', conversation: what !== 'files' },
    });
  }

  async undoRewind(id: SessionId): Promise<void> {
    this.calls.push({ name: 'undoRewind', args: [id] });
    this.update(id, { rewound: null });
  }

  async stopTask(id: SessionId, task: string): Promise<void> {
    this.calls.push({ name: 'stopTask', args: [id, task] });
    this.told.tasks = { tasks: [] };
  }

  async reconnectServer(id: SessionId, server: string): Promise<void> {
    this.calls.push({ name: 'reconnectServer', args: [id, server] });
    this.told.servers = { mcpServers: [{ name: server, status: 'connected' }] };
  }
}
