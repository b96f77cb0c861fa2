import { fleet } from './fleet';
import { general } from './general';
import { problems } from './problems';

/** What the first picture of the window may say. */
export const first = { ...general, ...problems, ...fleet } as const;
