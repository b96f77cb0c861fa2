import type { Rest } from '../backend';
import { tauri } from '../tauri';
import { merging } from './merging';
import { planning } from './planning';
import { review } from './review';
import { session } from './session';
import { terminals } from './terminals';
import { usage } from './usage';
import { worktrees } from './worktrees';

const rest: Rest = { ...session, ...planning, ...usage, ...worktrees, ...review, ...merging, ...terminals };

/** Whoever reads this has every command: imported before the parts that give them. */
Object.assign(tauri, rest);
