import type { variants as english } from '../en/variants';

export const variants: Record<keyof typeof english, string> = {
  'check.short.checking': '확인하는 중',
  'check.short.passed': '확인 통과',
  'check.short.failed': '확인 실패',
  'transcript.checkRunning': '확인 명령 실행 중: {command}',
  'transcript.checkPassed': '확인 통과 ({duration}): {command}',
  'transcript.checkFailed': '확인 실패 ({duration}): {command}',
  'transcript.checkFailedCode': '확인 실패, 종료 코드 {code} ({duration}): {command}',
  'transcript.checkBroken': '확인이 중단됨: {command}',
};
