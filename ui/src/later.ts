/** What the first picture of the window does without: a part of its own, so that the window is there sooner. */
import './backend/tauri/rest';
import './i18n/rest';
import './deeds';
import './tasks';
import './picked';
import './review';
import './variants';
import './worktrees';
import './finishing';

export * as waiting from './features/fleet/waiting';
export { default as Inbox } from './features/inbox/Inbox.svelte';
export { default as Task } from './features/queue/Task.svelte';
export { default as Page } from './Page.svelte';
export { default as Session } from './Session.svelte';
export { default as Sheets } from './Sheets.svelte';
