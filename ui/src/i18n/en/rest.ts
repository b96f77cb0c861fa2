import { around } from './around';
import { batch } from './batch';
import { common } from './common';
import { costs } from './costs';
import { disk } from './disk';
import { edit } from './edit';
import { finish } from './finish';
import { launch } from './launch';
import { monitor } from './monitor';
import { picked } from './picked';
import { queue } from './queue';
import { resources } from './resources';
import { review } from './review';
import { rewind } from './rewind';
import { schedules } from './schedules';
import { session } from './session';
import { templates } from './templates';
import { variants } from './variants';
import { worktrees } from './worktrees';

/** What is said by parts of the window that come later. */
export const rest = {
  ...common,
  ...launch,
  ...session,
  ...around,
  ...resources,
  ...monitor,
  ...queue,
  ...batch,
  ...picked,
  ...costs,
  ...review,
  ...edit,
  ...finish,
  ...rewind,
  ...variants,
  ...templates,
  ...schedules,
  ...worktrees,
  ...disk,
} as const;
