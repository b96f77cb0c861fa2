import { Channel, invoke } from '@tauri-apps/api/core';
import type { Backend, Rest } from './backend';
import type { Batch, Snapshot } from './types';

declare global {
  interface Window {
    /** What the first picture shows, where the fleet was read by the time the window opened. */
    __bosk_first?: Snapshot;
  }
}

const first: Omit<Backend, keyof Rest> = {
  first: () => window.__bosk_first ?? null,
  snapshot: (all) => invoke('snapshot', { all }),
  listen: (seq, onBatch) => {
    const channel = new Channel<Batch>();
    channel.onmessage = onBatch;
    return invoke('listen', { seq, channel });
  },
  opened: () => invoke('opened'),
  acknowledge: () => invoke('acknowledge'),
  watch: (id) => invoke('watch', { id }),
  unwatch: (id) => invoke('unwatch', { id }),
  transcriptPage: (id, from, count) => invoke('transcript_page', { id, from, count }),

  describeRepository: (path) => invoke('describe_repository', { path }),
  initRepository: (path) => invoke('init_repository', { path }),
  planLaunch: (spec) => invoke('plan_launch', { spec }),
  trustReport: (spec) => invoke('trust_report', { spec }),
  acceptTrust: (spec, fingerprint) => invoke('accept_trust', { spec, fingerprint }),
  expectLaunch: (soon) => invoke('expect_launch', { soon }),
  launch: (spec) => invoke('launch', { spec }),
  tryRehearsal: () => invoke('try_rehearsal'),

  queueAdd: (addition) => invoke('queue_add', { addition }),
  queueCancel: (id) => invoke('queue_cancel', { id }),
  queueHold: (id) => invoke('queue_hold', { id }),
  queueRelease: (id) => invoke('queue_release', { id }),
  queueMove: (id, before) => invoke('queue_move', { id, before }),
  queuePrioritise: (id, priority) => invoke('queue_prioritise', { id, priority }),

  send: (id, uuid, text, images) => invoke('send', { id, uuid, text, images }),
  editQueued: (id, uuid, text) => invoke('edit_queued', { id, uuid, text }),
  removeQueued: (id, uuid) => invoke('remove_queued', { id, uuid }),
  answer: (id, requestId, answer) => invoke('answer', { id, requestId, answer }),
  interrupt: (id, dropQueued) => invoke('interrupt', { id, dropQueued }),
  stop: (id) => invoke('stop', { id }),
  adopt: (id) => invoke('adopt', { id }),
  resume: (id) => invoke('resume', { id }),
  tryAgain: (id) => invoke('try_again', { id }),
  answerSetup: (id, choice) => invoke('answer_setup', { id, choice }),

  look: (wanted) => invoke('look', { wanted }),
  pause: (id) => invoke('pause', { id }),
  goOn: (id) => invoke('go_on', { id }),
  pauseAll: () => invoke('pause_all'),
  goOnAll: () => invoke('go_on_all'),
  kill: (id) => invoke('kill', { id }),
  setLimits: (id, limits) => invoke('set_limits', { id, limits }),
  openWindow: (kind, id) => invoke('open_window', { kind, id }),
  closeWindow: () => invoke('plugin:window|close'),
  saveFile: (name, content) => invoke('save_file', content, { headers: { name: encodeURIComponent(name) } }),
  quit: (choice, remember) => invoke('quit', { choice, remember }),

  saveSettings: (settings) => invoke('save_settings', { settings }),
  storeToken: (token) => invoke('store_token', { token }),
  forgetToken: () => invoke('forget_token'),
  refreshCli: () => invoke('refresh_cli'),
  refreshAuth: () => invoke('refresh_auth'),
  pickFolder: () => invoke('pick_folder'),
  openExternal: (url) => invoke('open_external', { url }),
  reveal: (id) => invoke('reveal', { id }),
  remember: (key, value) => invoke('remember', { key, value }),
  recall: (key) => invoke('recall', { key }),
};

/**
 * The app's own commands; `tauri/rest.ts` adds those that the first picture does without.
 * This file and those in `tauri/` are the only ones of the UI that know Tauri.
 */
export const tauri = { ...first } as Backend;
