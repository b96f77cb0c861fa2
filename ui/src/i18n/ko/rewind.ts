import type { rewind as english } from '../en/rewind';

export const rewind: Record<keyof typeof english, string> = {};
