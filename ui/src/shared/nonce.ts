/**
 * The word by which this page's own parts may add style elements: the policy of the page forbids them otherwise.
 * The app puts a new one into each page (`index.html` has the place). Empty where there is none, and none is needed.
 */
export function styleNonce(): string {
  return document.querySelector<HTMLStyleElement>('style[nonce]')?.nonce ?? '';
}
