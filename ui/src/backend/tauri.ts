import { Channel, invoke } from '@tauri-apps/api/core';
import type { Backend } from './backend';
import { review } from './tauri/review';
import { worktrees } from './tauri/worktrees';
import { merging } from './tauri/merging';
import { terminals } from './tauri/terminals';
import type { Batch, Snapshot } from './types';

declare global {
  interface Window {
    /** What the first picture shows, where the fleet was read by the time the window opened. */
    __bosk_first?: Snapshot;
  }
}

/** The app's own commands. This file and those in `tauri/` are the only ones of the UI that know Tauri. */
export const tauri: Backend = {
  ...worktrees,
  ...merging,
  ...terminals,

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
  findInTranscript: (id, text) => invoke('find_in_transcript', { id, text }),

  describeRepository: (path) => invoke('describe_repository', { path }),
  initRepository: (path) => invoke('init_repository', { path }),
  planLaunch: (spec) => invoke('plan_launch', { spec }),
  trustReport: (spec) => invoke('trust_report', { spec }),
  acceptTrust: (spec, fingerprint) => invoke('accept_trust', { spec, fingerprint }),
  expectLaunch: (soon) => invoke('expect_launch', { soon }),
  launch: (spec) => invoke('launch', { spec }),
  tryRehearsal: () => invoke('try_rehearsal'),
  launchVariants: (variants) => invoke('launch_variants', { variants }),
  compareVariants: (group) => invoke('compare_variants', { group }),
  chooseVariant: (group, id) => invoke('choose_variant', { group, id }),

  queueAdd: (addition) => invoke('queue_add', { addition }),
  queueCancel: (id) => invoke('queue_cancel', { id }),
  queueHold: (id) => invoke('queue_hold', { id }),
  queueRelease: (id) => invoke('queue_release', { id }),
  queueMove: (id, before) => invoke('queue_move', { id, before }),
  queuePrioritise: (id, priority) => invoke('queue_prioritise', { id, priority }),
  batchPrompts: (source) => invoke('batch_prompts', { source }),
  batchFile: () => invoke('batch_file'),

  saveSchedule: (draft) => invoke('save_schedule', { draft }),
  removeSchedule: (id) => invoke('remove_schedule', { id }),
  enableSchedule: (id, enabled) => invoke('enable_schedule', { id, enabled }),
  runSchedule: (id) => invoke('run_schedule', { id }),
  scheduleTimes: (when, count) => invoke('schedule_times', { when, count }),

  templates: (repository) => invoke('templates', { repository }),
  saveTemplate: (template) => invoke('save_template', { template }),
  removeTemplate: (name, repository) => invoke('remove_template', { name, repository }),
  exportTemplate: (template, repository) => invoke('export_template', { template, repository }),

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
  setPermissionMode: (id, mode) => invoke('set_permission_mode', { id, mode }),
  setModel: (id, model) => invoke('set_model', { id, model }),
  setEffort: (id, effort) => invoke('set_effort', { id, effort }),
  askAbout: (id, subject) => invoke('ask_about', { id, subject }),
  stopTask: (id, task) => invoke('stop_task', { id, task }),
  reconnectServer: (id, server) => invoke('reconnect_server', { id, server }),
  rewindPlan: (id, message) => invoke('rewind_plan', { id, message }),
  rewind: (id, message, what, now) => invoke('rewind', { id, message, what, now }),
  undoRewind: (id) => invoke('undo_rewind', { id }),
  suggestFiles: (id, query) => invoke('suggest_files', { id, query }),
  changedFiles: (id) => invoke('changed_files', { id }),
  fileDiff: (id, path) => invoke('file_diff', { id, path }),
  removalPlan: (id) => invoke('removal_plan', { id }),
  removeSession: (id, token) => invoke('remove_session', { id, token }),

  look: (wanted) => invoke('look', { wanted }),
  usageHistory: (ids, from, to, points) => invoke('usage_history', { ids, from, to, points }),
  toolMarks: (id, since) => invoke('tool_marks', { id, since }),
  spent: (since) => invoke('spent', { since }),
  processes: (id) => invoke('processes', { id }),
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

  ...review,
};
