import type { Bosk } from './bosk.svelte';

/** One for each window, made when it is first asked for: what few need is not part of what every window begins with. */
export function oneEach<T extends object>(make: (bosk: Bosk) => T): (bosk: Bosk) => T {
  const made = new WeakMap<Bosk, T>();
  return (bosk) => {
    let one = made.get(bosk);
    if (!one) made.set(bosk, (one = make(bosk)));
    return one;
  };
}
