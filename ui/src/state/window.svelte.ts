import type { Bosk } from './bosk.svelte';

/**
 * What outlives the component that asks for it first. Svelte gives what is made to the effect that runs then, and what is
 * derived of it stays as it was once that is destroyed (`derived_inert`): so it is made in an effect of its own.
 */
export function lasting<T>(make: () => T): T {
  let made: T | undefined;
  $effect.root(() => {
    made = make();
  });
  return made as T;
}

/** One for each window, made when it is first asked for: what few need is not part of what every window begins with. */
export function oneEach<T extends object>(make: (bosk: Bosk) => T): (bosk: Bosk) => T {
  const made = new WeakMap<Bosk, T>();
  return (bosk) => {
    let one = made.get(bosk);
    if (!one) made.set(bosk, (one = lasting(() => make(bosk))));
    return one;
  };
}
