/** What sessions have cost. */
export const costs = {} as const;
