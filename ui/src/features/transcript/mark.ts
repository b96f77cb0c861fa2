/**
 * Marks the words that are looked for, in the entries on screen: by ranges that the browser paints, so the page's
 * elements stay as they are. Where a browser can't, the entry as a whole is marked and nothing else.
 */

/** The name that base.css styles. */
const NAME = 'found';
/** So many marks are told apart by nobody, and painting them takes a while. */
const MOST = 2000;

function ranges(place: Element, wanted: RegExp): Range[] {
  const found: Range[] = [];
  for (const entry of place.querySelectorAll('[data-testid="entry"]')) {
    const texts = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (node.parentElement?.closest('.sr-only')) continue;
      for (const match of (node.nodeValue ?? '').matchAll(wanted)) {
        const range = new Range();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        if (found.push(range) === MOST) return found;
      }
    }
  }
  return found;
}

/** Keeps every `text` within `place` marked, whatever comes and goes there, until the returned function is called. */
export function mark(place: Element, text: string): () => void {
  if (!text || typeof Highlight === 'undefined' || !CSS.highlights) return () => undefined;
  const wanted = new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'giu');
  const look = () => void CSS.highlights.set(NAME, new Highlight(...ranges(place, wanted)));
  let frame = 0;
  const changes = new MutationObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(look);
  });
  changes.observe(place, { subtree: true, childList: true, characterData: true });
  look();
  return () => {
    changes.disconnect();
    cancelAnimationFrame(frame);
    CSS.highlights.delete(NAME);
  };
}
