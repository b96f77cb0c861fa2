import type { general as english } from '../en/general';

export const general: Record<keyof typeof english, string> = {
  'app.loading': 'Bosk를 여는 중…',
  'app.name': 'Bosk',
  'window.title': '{title} – Bosk',
  'transcript.loading': '불러오는 중…',
  'action.close': '닫기',
  'action.dismiss': '지우기',
  'action.monitor': '모니터',
  'action.strip': '작은 상태 창',
  'action.quit': 'Bosk 끝내기',
  'action.tryAgain': '다시 시도',
  'action.launch': '시작',
  'action.newSession': '새 세션',
  'action.batch': '묶음으로 시작',
  'action.settings': '설정',
  'action.signIn': '로그인…',
  'action.inbox': '답을 기다리는 요청',
  'action.palette': '모든 명령',
  'action.shortcuts': '단축키',
  'action.openFleet': '세션 목록 보기',
  'action.next': '다음 세션',
  'action.previous': '이전 세션',

  'state.needs_you': '답을 기다림',
  'state.failed': '실패',
  'state.running': '실행 중',
  'state.queued': '대기 중',
  'state.done': '완료',
  'state.stopped': '중지됨',
  'state.paused': '일시 정지',

  'mode.skipping': '권한 확인 안 함',
  'mode.rehearsal': '연습',


  'hidden.character': '보이지 않는 문자 {code}',
  'problems.region': '문제',
};
