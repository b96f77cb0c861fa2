import type { Language } from '../backend/types';
import type { en } from './en';
import { first } from './en/first';

export type Messages = typeof en;
export type Key = keyof Messages;
type PluralOf<K> = K extends `${infer Stem}.other` ? Stem : never;
export type PluralKey = PluralOf<Key>;

type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Values<S extends string> = Record<Placeholders<S>, string | number>;
type Arguments<S extends string> = [Placeholders<S>] extends [never] ? [] : [values: Values<S>];

/** The system's language, or English where the web view gives what `Intl` refuses (LANG=C gives "C"). */
function systemLocale(): string {
  for (const tag of [navigator.language, ...navigator.languages]) {
    try {
      if (tag && new Intl.NumberFormat(tag)) return tag;
    } catch {
      // Not a language tag: try the next.
    }
  }
  return 'en';
}

/** English, as much of it as is here yet: the window is there sooner without what its first picture does not say. */
const english = { ...first } as Record<Key, string>;

/** Takes in words for parts that come later. Nothing has asked for one of them yet, so nothing is drawn anew. */
export function teach(words: Partial<Messages>): void {
  Object.assign(english, words);
}

class Speech {
  chosen = $state<Language | null>(null);
  readonly system = systemLocale();
  language: Language = $derived(this.chosen ?? (this.system.startsWith('ko') ? 'ko' : 'en'));
  /** For `Intl`: the system's own flavour of the language where they agree. */
  locale = $derived(this.system.startsWith(this.language) ? this.system : this.language);
  /** Read only where it is spoken: the window is there sooner without. */
  korean = $state.raw<Record<Key, string> | null>(null);
  messages: Record<Key, string> = $derived((this.language === 'ko' && this.korean) || english);
  plural = $derived(new Intl.PluralRules(this.locale));
}

export const speech = new Speech();

/** Sees to the words of the language that is spoken now. */
export async function learn(): Promise<void> {
  if (speech.language === 'ko') speech.korean ??= (await import('./ko')).ko;
}

function fill(message: string, values: Record<string, string | number> | undefined): string {
  if (!values) return message;
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The message in the person's language. */
export function t<K extends Key>(key: K, ...values: Arguments<Messages[K]>): string {
  return fill(speech.messages[key], values[0]);
}

/** The message for a count; `{count}` in it becomes `shown`, the formatted number. */
export function plural(key: PluralKey, count: number, shown: string = String(count)): string {
  const one = `${key}.one` as Key;
  const form =
    speech.plural.select(count) === 'one' && one in speech.messages ? one : (`${key}.other` as Key);
  return fill(speech.messages[form], { count: shown });
}

/** Splits a message at its placeholders, for messages with something else than text in them. */
export function parts(key: Key): { text: string; name: string | null }[] {
  return speech.messages[key]
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1] ?? null;
      return { text: name ? '' : piece, name };
    });
}
