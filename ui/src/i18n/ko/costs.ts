import type { costs as english } from '../en/costs';

export const costs: Record<keyof typeof english, string> = {};
