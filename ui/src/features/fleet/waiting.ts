/** What the list needs of tasks that wait, and the first picture does without. */
export { waitWords } from '../../shared/queue';
export { Drag } from './drag.svelte';
export { default as QueueHead } from './QueueHead.svelte';
export { default as UsedUp } from './UsedUp.svelte';
