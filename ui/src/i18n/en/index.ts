import { around } from './around';
import { fleet } from './fleet';
import { general } from './general';
import { launch } from './launch';
import { problems } from './problems';
import { session } from './session';

export const en = { ...general, ...problems, ...fleet, ...launch, ...session, ...around } as const;
