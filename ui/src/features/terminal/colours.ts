import type { ITheme } from '@xterm/xterm';
import { Ink } from '../../shared/graph/ink';

/** The terminal's colours, as the styles have them at a place. Bright ones are the same: weight tells them apart. */
export function themeAt(place: HTMLElement): ITheme {
  const ink = new Ink(place);
  const of = (name: string) => ink.of(`var(--${name})`);
  const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
  const theme: ITheme = {
    background: of('terminal'),
    foreground: of('text'),
    cursor: of('accent'),
    cursorAccent: of('terminal'),
    selectionBackground: of('accent-soft'),
    scrollbarSliderBackground: of('scroll-thumb'),
    scrollbarSliderHoverBackground: of('scroll-thumb'),
    scrollbarSliderActiveBackground: of('border-strong'),
  };
  for (const name of names) {
    const colour = of(`terminal-${name}`);
    theme[name] = colour;
    theme[`bright${name[0]?.toUpperCase() ?? ''}${name.slice(1)}` as keyof ITheme & `bright${string}`] =
      colour;
  }
  return { ...theme, brightWhite: of('text') };
}
