/** Whether it is the key that does what a form is for: Ctrl or ⌘ and Enter. */
export function isSubmit(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing;
}
