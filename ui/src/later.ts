/** What the first picture of the window does without: a part of its own, so that the window is there sooner. */
export { default as Task } from './features/queue/Task.svelte';
export { default as Session } from './Session.svelte';
export { default as Sheets } from './Sheets.svelte';
