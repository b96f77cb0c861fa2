import type { When } from '../backend/types';
import { plural, speech, t } from '../i18n/index.svelte';
import { number, time } from './format';
import { fileName } from './words';

/** When a schedule runs, in words. */

/** Monday to Friday. */
export const weekdays = [1, 2, 3, 4, 5];

/** A day of the week, 0 for Sunday, in short. */
export function dayName(day: number): string {
  // The first of January 2023 was a Sunday.
  return new Intl.DateTimeFormat(speech.locale, { weekday: 'short' }).format(new Date(2023, 0, 1 + day));
}

/** A time of day, by minutes since midnight. */
export function ofDay(minute: number): string {
  return new Intl.DateTimeFormat(speech.locale, { timeStyle: 'short' }).format(
    new Date(2023, 0, 1, 0, minute),
  );
}

export const isWeekdays = (days: readonly number[]) =>
  days.length === weekdays.length && weekdays.every((day) => days.includes(day));

export function whenWords(when: When): string {
  switch (when.kind) {
    case 'at':
      return t('when.at', { time: time(when.at) });
    case 'minutes': {
      const hours = when.minutes / 60;
      return Number.isInteger(hours)
        ? plural('when.hours', hours, number(hours))
        : plural('when.minutes', when.minutes, number(when.minutes));
    }
    case 'days': {
      const at = { time: ofDay(when.minute) };
      if (when.days.length === 0 || when.days.length === 7) return t('when.daily', at);
      if (isWeekdays(when.days)) return t('when.weekdays', at);
      const names = [...when.days].sort((a, b) => a - b).map(dayName);
      return t('when.weekly', { ...at, days: new Intl.ListFormat(speech.locale).format(names) });
    }
    case 'cron':
      return t('when.cron', { expression: when.expression });
    case 'commit':
      return t('when.commit', { branch: when.branch, name: fileName(when.repository) });
    case 'reset':
      return t('when.reset');
  }
}
