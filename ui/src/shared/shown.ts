/**
 * Does something once what was just drawn is on the screen: the second frame begins when the first was taken by whoever
 * shows it. Returns what calls it off.
 */
export function onceShown(work: () => void): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(() => setTimeout(work));
  });
  return () => cancelAnimationFrame(frame);
}
