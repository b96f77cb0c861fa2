/** A field that grows with what is written, where the web view can't by itself (`field-sizing`). */
export function grow(text: () => string): (field: HTMLTextAreaElement) => void {
  return (field) => {
    if (CSS.supports('field-sizing', 'content')) return;
    $effect(() => {
      void text();
      field.style.height = 'auto';
      field.style.height = `${field.scrollHeight}px`;
    });
  };
}
