import { around } from './around';
import { fleet } from './fleet';
import { general } from './general';
import { launch } from './launch';
import { monitor } from './monitor';
import { problems } from './problems';
import { queue } from './queue';
import { resources } from './resources';
import { session } from './session';

export const en = {
  ...general,
  ...problems,
  ...fleet,
  ...launch,
  ...session,
  ...around,
  ...resources,
  ...monitor,
  ...queue,
} as const;
