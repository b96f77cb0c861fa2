import { afterEach, describe, expect, it, vi } from 'vitest';
import { COLOURS, Palette } from './colours';

const names = Array.from({ length: 20 }, (_, number) => `session-${String(number)}`);

afterEach(() => localStorage.clear());

describe('colours of sessions', () => {
  it('stay the same, in every window and after it', () => {
    const here = new Palette('test');
    const before = names.map((name) => here.colour(name));
    const elsewhere = new Palette('test');
    expect([...names].reverse().map((name) => elsewhere.colour(name))).toEqual([...before].reverse());
    // What a window met after the other was opened.
    const late = here.colour('late');
    expect(elsewhere.colour('late')).toBe(late);
  });

  it('differ for eight that come one after the other', () => {
    const palette = new Palette();
    for (let from = 0; from + COLOURS <= names.length; from += 1) {
      const eight = names.slice(from, from + COLOURS).map((name) => palette.colour(name));
      expect(new Set(eight).size).toBe(COLOURS);
    }
  });

  it('have dashes where they are shared, whatever the order of the names', () => {
    const palette = new Palette();
    const looks = palette.looks(names);
    const seen = [...looks.values()].map((look) => `${look.colour} ${look.dash.join()}`);
    expect(new Set(seen).size).toBe(names.length);
    expect([...looks.values()].filter((look) => look.dash.length === 0)).toHaveLength(COLOURS);
    expect([...palette.looks([...names].reverse())].sort()).toEqual([...looks].sort());
  });

  it('do without a store, and with a damaged one', () => {
    localStorage.setItem('test', '[["a", 99], "b", {}, ["c", 3]]');
    const damaged = new Palette('test');
    expect(damaged.colour('c')).toBe('var(--series-4)');
    expect(damaged.colour('a')).toBe('var(--series-5)');
    localStorage.setItem('test', 'no JSON');
    expect(new Palette('test').colour('a')).toBe('var(--series-1)');
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('full');
    });
    expect(new Palette('test').colour('b')).toBe('var(--series-2)');
    vi.restoreAllMocks();
  });
});
