import { speech } from '../i18n/index.svelte';

/** Figures for people, by `Intl`, in the window's language. */

type Options = Intl.NumberFormatOptions;
const made = new Map<string, Intl.NumberFormat>();

function formatter(options: Options): Intl.NumberFormat {
  const key = speech.locale + JSON.stringify(options);
  let format = made.get(key);
  if (!format) {
    format = new Intl.NumberFormat(speech.locale, options);
    made.set(key, format);
  }
  return format;
}

export function number(value: number): string {
  return formatter({}).format(value);
}

/** 1.2K, 84K, 1.4M; in Korean 1.2천, 8.4만. */
export function compact(value: number): string {
  return formatter({ notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** Part of one, as per cent. */
export function percent(part: number): string {
  return formatter({ style: 'percent', maximumFractionDigits: 0 }).format(part);
}

/** US dollars: cents always, finer while it is under ten cents. */
export function cost(usd: number): string {
  const digits = usd > 0 && usd < 0.1 ? 3 : 2;
  return formatter({
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(usd);
}

/** A duration in its largest unit, or its two largest when `fine`. */
export function duration(milliseconds: number, fine = false): string {
  const seconds = Math.max(0, milliseconds / 1000);
  const unit = (value: number, name: string, digits = 0) =>
    formatter({ style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits }).format(
      value,
    );
  const whole = Math.floor(seconds);
  const two = (large: number, name: string, small: number, smallName: string) =>
    fine && small > 0 ? `${unit(large, name)} ${unit(small, smallName)}` : unit(large, name);
  if (whole < 60) return unit(fine && seconds < 10 ? seconds : whole, 'second', fine && seconds < 10 ? 1 : 0);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return two(minutes, 'minute', whole % 60, 'second');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return two(hours, 'hour', minutes % 60, 'minute');
  return two(Math.floor(hours / 24), 'day', hours % 24, 'hour');
}

export function size(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const unit = units[at] ?? 'byte';
  // The short form of a byte is "byte", however many there are.
  const unitDisplay = at ? 'short' : 'long';
  return formatter({ style: 'unit', unit, unitDisplay, maximumFractionDigits: at ? 1 : 0 }).format(value);
}

/** A time of day, with the date when it is another day. */
export function time(at: number, now = Date.now()): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date(now).toDateString();
  const options: Intl.DateTimeFormatOptions = today
    ? { timeStyle: 'short' }
    : { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(speech.locale, options).format(date);
}

/** Bytes a second, from thousands on: a single byte has no short name in some languages. */
export function rate(bytes: number): string {
  const units = ['kilobyte', 'megabyte', 'gigabyte'];
  const at = bytes < 1e6 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3) - 1);
  const unit = `${units[at] ?? 'kilobyte'}-per-second`;
  return formatter({ style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / 1000 ** (at + 1));
}

/** Seconds as they are: 96s, 2.4s. */
export function seconds(value: number): string {
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return formatter({
    style: 'unit',
    unit: 'second',
    unitDisplay: 'narrow',
    maximumFractionDigits,
  }).format(value);
}
