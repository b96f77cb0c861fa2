import type { en } from '../en';
import { around } from './around';
import { batch } from './batch';
import { fleet } from './fleet';
import { general } from './general';
import { launch } from './launch';
import { monitor } from './monitor';
import { problems } from './problems';
import { queue } from './queue';
import { resources } from './resources';
import { session } from './session';

export const ko: Record<keyof typeof en, string> = {
  ...general,
  ...problems,
  ...fleet,
  ...launch,
  ...session,
  ...around,
  ...resources,
  ...monitor,
  ...queue,
  ...batch,
};
