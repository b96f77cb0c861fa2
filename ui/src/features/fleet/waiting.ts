/** What the list needs of checks, of overlaps, of tasks that wait, of rows that are picked and of sessions elsewhere, and the first picture does without. */
export { checked } from '../../shared/check';
export { waitWords } from '../../shared/queue';
export { Drag } from './drag.svelte';
export { default as Elsewhere } from './Elsewhere.svelte';
export { default as Foot } from './Foot.svelte';
export { default as Overlapping } from './Overlapping.svelte';
export { picking } from './picking';
export { default as QueueHead } from './QueueHead.svelte';
export { default as UsedUp } from './UsedUp.svelte';
