import { flushSync } from 'svelte';
import { expect, it } from 'vitest';
import type { Bosk } from './bosk.svelte';
import { oneEach } from './window.svelte';

class Counted {
  count = $state(1);
  readonly twice = $derived(this.count * 2);
}

it('goes on when what has asked for it first is gone', () => {
  const countedOf = oneEach(() => new Counted());
  const bosk = {} as Bosk;
  const first = $effect.root(() => {
    const counted = countedOf(bosk);
    $effect(() => void counted.twice);
  });
  flushSync();
  first();
  const seen: number[] = [];
  const second = $effect.root(() => {
    $effect(() => void seen.push(countedOf(bosk).twice));
  });
  flushSync();
  countedOf(bosk).count = 4;
  flushSync();
  second();
  expect(seen).toEqual([2, 8]);
});
