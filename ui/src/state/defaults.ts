import type { Limits, Settings } from '../backend/types';

/** Nothing is limited; what is done at a limit all the same is as for new sessions. */
export const noLimits: Limits = {
  memory: null,
  cpu: null,
  processes: null,
  cpu_time: null,
  turn_time: null,
  file_size: null,
  disk_written: null,
  idle: null,
  ladder: ['stop_tool', 'pause', 'stop'],
};

/** As nobody has set anything: `Settings::default` in Rust. */
export const noSettings: Settings = {
  worktrees: null,
  claude: null,
  editor: null,
  api_billing: false,
  language: null,
  theme: null,
  limits: noLimits,
  parallel: null,
  parallel_in_repository: null,
  max_usd_a_day: null,
  idle_minutes: 60,
  keep_spare: true,
  stall_minutes: 10,
  wait_for_usage_limit: true,
  notifications: {
    needs_you: true,
    done: true,
    failed: true,
    limit: true,
    usage: true,
    sound: false,
    quiet: null,
  },
  quit: null,
  autostart: false,
  shortcut: null,
  pause_on_battery: false,
  pause_when_busy: false,
  keep_archives_days: 30,
  keep_snapshots_days: 90,
};
