import { speech } from '../../i18n/index.svelte';

/** Days and hours as they are called, in the window's language. */

function format(options: Intl.DateTimeFormatOptions, date: Date): string {
  return new Intl.DateTimeFormat(speech.locale, options).format(date);
}

/** A day that began then, in seconds since 1970. */
export function dayName(at: number): string {
  return format({ weekday: 'short', month: 'short', day: 'numeric' }, new Date(at * 1000));
}

/** Sunday is 0. */
export function weekdayName(day: number, width: 'short' | 'long'): string {
  // The first of February 2026 is a Sunday.
  return format({ weekday: width }, new Date(2026, 1, 1 + day));
}

export function hourName(hour: number): string {
  return format({ hour: 'numeric' }, new Date(2026, 1, 1, hour));
}

/** The days of the week as they are counted here: in some places from Sunday, in others from Monday. */
export function week(): number[] {
  const locale = new Intl.Locale(speech.locale) as Intl.Locale & {
    weekInfo?: { firstDay: number };
    getWeekInfo?: () => { firstDay: number };
  };
  const first = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  return Array.from({ length: 7 }, (_, n) => (first + n) % 7);
}
