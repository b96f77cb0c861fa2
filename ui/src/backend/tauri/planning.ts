import { invoke } from '@tauri-apps/api/core';
import type { PlanningBackend } from '../planning';

/** The commands about what is prepared. */
export const planning: PlanningBackend = {
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
  launchVariants: (variants) => invoke('launch_variants', { variants }),
  compareVariants: (group) => invoke('compare_variants', { group }),
  chooseVariant: (group, id) => invoke('choose_variant', { group, id }),
};
