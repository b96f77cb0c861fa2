import { around } from './around';
import { batch } from './batch';
import { launch } from './launch';
import { monitor } from './monitor';
import { queue } from './queue';
import { resources } from './resources';
import { session } from './session';

/** What is said by parts of the window that come later. */
export const rest = {
  ...launch,
  ...session,
  ...around,
  ...resources,
  ...monitor,
  ...queue,
  ...batch,
} as const;
