/** Going back, forks, and turns that give no sign of life. */
export const rewind = {} as const;
