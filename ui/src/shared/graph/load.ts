import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { speech } from '../../i18n/index.svelte';

type Maker = typeof uPlot;
let loading: Promise<Maker | null> | undefined;

/** The drawing library, once something is drawn; null where it cannot be had, and then a table stands in. */
export function loadPlot(): Promise<Maker | null> {
  return (loading ??= load());
}

async function load(): Promise<Maker | null> {
  // A document without canvases, as in tests.
  if (typeof Path2D === 'undefined') return null;
  const restore = speakable();
  try {
    return (await import('uplot')).default;
  } catch {
    return null;
  } finally {
    restore();
  }
}

/** With LANG=C the system's language is "C", which `Intl` refuses, and the library asks for it while it is read. */
export function speakable(): () => void {
  try {
    void new Intl.NumberFormat(navigator.language);
    return () => undefined;
  } catch {
    const own = Object.getOwnPropertyDescriptor(navigator, 'language');
    Object.defineProperty(navigator, 'language', { configurable: true, value: speech.system });
    return () => {
      Reflect.deleteProperty(navigator, 'language');
      if (own) Object.defineProperty(navigator, 'language', own);
    };
  }
}
