/** Checks as they are told, and several attempts at the same. */
export const variants = {
  'check.short.checking': 'Checking',
  'check.short.passed': 'Check passed',
  'check.short.failed': 'Check failed',
  'transcript.checkRunning': 'Check is running: {command}',
  'transcript.checkPassed': 'Check passed after {duration}: {command}',
  'transcript.checkFailed': 'Check failed after {duration}: {command}',
  'transcript.checkFailedCode': 'Check failed with exit code {code} after {duration}: {command}',
  'transcript.checkBroken': 'Check was broken off: {command}',
} as const;
