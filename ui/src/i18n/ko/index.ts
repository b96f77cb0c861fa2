import type { en } from '../en';
import { around } from './around';
import { batch } from './batch';
import { common } from './common';
import { costs } from './costs';
import { disk } from './disk';
import { edit } from './edit';
import { finish } from './finish';
import { fleet } from './fleet';
import { general } from './general';
import { launch } from './launch';
import { monitor } from './monitor';
import { problems } from './problems';
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

export const ko: Record<keyof typeof en, string> = {
  ...general,
  ...common,
  ...problems,
  ...fleet,
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
};
