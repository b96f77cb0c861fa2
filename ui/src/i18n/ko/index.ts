import { en } from '../en';
export const ko: Record<keyof typeof en, string> = en;
