/** What jsdom lacks of a browser, as little as the window needs. */
import { afterEach } from 'vitest';
import { cleanup } from '@testing-library/svelte';
import { speech } from './i18n/index.svelte';
import './i18n/rest';
import { ko } from './i18n/ko';

// There already, so that no test waits for it.
speech.korean = ko;

HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
// It is told a moment later, as browsers do.
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  if (!this.open) return;
  this.open = false;
  setTimeout(() => this.dispatchEvent(new Event('close')));
};
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;
globalThis.CSS ??= { supports: () => false } as unknown as typeof CSS;
window.matchMedia = (query: string) =>
  ({
    matches: query.includes('min-width'),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    // Editor and terminal still go by the old names.
    addListener: () => undefined,
    removeListener: () => undefined,
  }) as unknown as MediaQueryList;
// Nothing is laid out: what is measured has no size.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
HTMLCanvasElement.prototype.getContext = () => null;
globalThis.ResizeObserver = class {
  constructor(private readonly callback: ResizeObserverCallback) {}
  /** Every element has a size, so that a virtual list shows rows. */
  observe(target: Element) {
    const size = { width: 800, height: target.classList.contains('scroller') ? 600 : 40 };
    Object.defineProperty(target, 'offsetParent', { configurable: true, value: document.body });
    queueMicrotask(() =>
      this.callback(
        [{ target, contentRect: size as DOMRectReadOnly } as unknown as ResizeObserverEntry],
        this as unknown as ResizeObserver,
      ),
    );
  }
  unobserve() {}
  disconnect() {}
};

afterEach(cleanup);
