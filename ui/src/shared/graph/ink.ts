/** Colours for a canvas: what the styles say at its place, read anew when the theme changes. */
export class Ink {
  readonly #read = new Map<string, string>();

  constructor(private readonly place: HTMLElement) {}

  /** A colour as canvases take it, from one as styles have it: `var(--border)`. */
  of(colour: string): string {
    let read = this.#read.get(colour);
    if (read === undefined) {
      const before = this.place.style.color;
      this.place.style.color = colour;
      read = getComputedStyle(this.place).color;
      this.place.style.color = before;
      this.#read.set(colour, read);
    }
    return read;
  }

  forget(): void {
    this.#read.clear();
  }
}

/** The same colour, let through. */
export function faded(colour: string, part: number): string {
  const numbers = /^rgba?\((.+)\)$/.exec(colour)?.[1]?.match(/[\d.]+/g);
  if (!numbers) return colour;
  const [red, green, blue, alpha = '1'] = numbers;
  return `rgba(${[red, green, blue, String(Number(alpha) * part)].join(', ')})`;
}

/** Tells when colours may have become others: by the system, or by choice. */
export function watchColours(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
    chosen.disconnect();
  };
}
