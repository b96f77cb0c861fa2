/** Words that every part of the window shares. */
export const general = {
  'app.loading': 'Opening Bosk…',
  'app.name': 'Bosk',
  'window.title': '{title} – Bosk',
  'transcript.loading': 'Loading…',
  'action.close': 'Close',
  'action.dismiss': 'Dismiss',
  'action.monitor': 'Monitor',
  'action.strip': 'Small status window',
  'action.quit': 'Quit Bosk',
  'action.tryAgain': 'Try again',
  'action.launch': 'Launch',
  'action.newSession': 'New session',
  'action.batch': 'Launch a batch',
  'action.settings': 'Settings',
  'action.signIn': 'Sign in…',
  'action.inbox': 'What waits for you',
  'action.palette': 'All commands',
  'action.shortcuts': 'Keyboard shortcuts',
  'action.openFleet': 'Show sessions',
  'action.next': 'Next session',
  'action.previous': 'Previous session',

  'state.needs_you': 'Needs you',
  'state.failed': 'Failed',
  'state.running': 'Running',
  'state.queued': 'Queued',
  'state.done': 'Done',
  'state.stopped': 'Stopped',
  'state.paused': 'Paused',

  'mode.skipping': 'Permissions skipped',
  'mode.rehearsal': 'Rehearsal',


  'hidden.character': 'hidden character {code}',
  'problems.region': 'Problems',
} as const;
