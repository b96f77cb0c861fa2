import { noSettings } from '../../state/defaults';
import type { AuthStatus, Settings } from '../types';
import { Repository } from './repository';
import { check } from './usage';

/** Settings, sign-in, and what the system would do. */
export class Desk extends Repository {
  settings: Settings = noSettings;
  auth: AuthStatus = {
    logged_in: true,
    method: 'claude.ai',
    email: 'mina@example.com',
    token_stored: null,
    api_billing: false,
  };
  /** What was asked for and shows nowhere else. */
  readonly calls: { name: string; args: unknown[] }[] = [];
  #kept = new Map<string, unknown>();

  async saveSettings(settings: Settings): Promise<void> {
    check(settings.limits);
    this.settings = settings;
    this.emit({ type: 'settings', settings });
  }

  async storeToken(): Promise<AuthStatus> {
    return (this.auth = { ...this.auth, logged_in: true, token_stored: 'keychain' });
  }

  async forgetToken(): Promise<AuthStatus> {
    return (this.auth = { ...this.auth, token_stored: null });
  }

  async refreshCli() {
    return { status: 'ready' as const, path: '/usr/local/bin/claude', version: '2.1.330' };
  }

  async refreshAuth(): Promise<AuthStatus> {
    return this.auth;
  }

  async pickFolder(): Promise<string | null> {
    return '/home/mina/work/plain';
  }

  async openExternal(url: string): Promise<void> {
    this.calls.push({ name: 'openExternal', args: [url] });
  }

  async reveal(): Promise<void> {}

  async remember(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
  }

  async recall(key: string): Promise<unknown> {
    return this.#kept.get(key) ?? null;
  }
}
