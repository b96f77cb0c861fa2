import { invoke } from '@tauri-apps/api/core';
import type { UsageBackend } from '../usage';

/** The commands about what is used, beside the figures that are told. */
export const usage: UsageBackend = {
  usageHistory: (ids, from, to, points) => invoke('usage_history', { ids, from, to, points }),
  toolMarks: (id, since) => invoke('tool_marks', { id, since }),
  spent: (since) => invoke('spent', { since }),
  processes: (id) => invoke('processes', { id }),
};
