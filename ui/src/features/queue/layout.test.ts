import { describe, expect, it } from 'vitest';
import { joined, layout, nearest, type Node } from './layout';

const graph = (text: string): Node[] => {
  const after = new Map<string, string[]>();
  for (const part of text.split(' ')) {
    const [from = '', to] = part.split('>');
    after.set(from, after.get(from) ?? []);
    if (to) after.set(to, [...(after.get(to) ?? []), from]);
  }
  return [...after].map(([id, before]) => ({ id, after: before }));
};

/** As far as two edges between neighbouring columns are on the wrong side of each other. */
function crossed(nodes: readonly Node[]): number {
  const { edges } = layout(nodes);
  const steps = edges.flatMap(({ by }) => by.slice(1).map((to, at) => [by[at] ?? to, to] as const));
  let count = 0;
  for (const [at, [a, b]] of steps.entries())
    for (const [c, d] of steps.slice(at + 1))
      if (a.column === c.column && (a.row - c.row) * (b.row - d.row) < 0) count += 1;
  return count;
}

describe('the places of a graph', () => {
  it('are as far right as what comes before them wants', () => {
    const { places, columns, rows } = layout(graph('a>b b>c a>c d'));
    expect(Object.fromEntries([...places].map(([id, { column }]) => [id, column]))).toEqual({
      a: 0,
      b: 1,
      c: 2,
      d: 0,
    });
    expect([columns, rows]).toEqual([3, 2]);
  });

  it('leave room where an edge goes past a column', () => {
    const { edges, places } = layout(graph('a>b b>c a>c'));
    const long = edges.find(({ from, to }) => from === 'a' && to === 'c');
    expect(long?.by.map(({ column }) => column)).toEqual([0, 1, 2]);
    expect(long?.by[1]?.row).not.toBe(places.get('b')?.row);
  });

  it('are ordered so that what can be uncrossed is', () => {
    expect(crossed(graph('a>z b>y c>x'))).toBe(0);
    expect(crossed(graph('a>d b>c c>e d>f a>g b>h'))).toBe(0);
    // Two that both lead to both cannot.
    expect(crossed(graph('a>x a>y b>x b>y'))).toBe(1);
  });

  it('are there for each once, and no two are the same, whatever the graph', () => {
    let seed = 7;
    const chance = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let time = 0; time < 30; time += 1) {
      const ids = Array.from({ length: 3 + Math.floor(chance() * 40) }, (_, n) => `n${String(n)}`);
      const nodes = ids.map((id, at) => ({ id, after: ids.slice(0, at).filter(() => chance() < 0.12) }));
      const { places, edges, rows } = layout(nodes);
      expect(places.size).toBe(ids.length);
      const all = [...places.values()].map(({ column, row }) => `${String(column)} ${String(row)}`);
      expect(new Set(all).size).toBe(ids.length);
      expect(Math.max(...[...places.values()].map(({ row }) => row))).toBeLessThan(rows);
      for (const { from, to } of edges)
        expect(places.get(from)?.column).toBeLessThan(places.get(to)?.column ?? 0);
      expect(edges).toHaveLength(nodes.reduce((sum, { after }) => sum + after.length, 0));
    }
  });

  it('come to an end in a circle, which loses an edge, and know nobody who is not there', () => {
    const { edges, places } = layout([
      { id: 'a', after: ['b', 'gone', 'a'] },
      { id: 'b', after: ['a'] },
    ]);
    expect(places.size).toBe(2);
    expect(edges).toHaveLength(1);
    expect(layout([])).toMatchObject({ edges: [], columns: 1 });
  });
});

describe('part of a graph', () => {
  const ids = (nodes: Node[]) => nodes.map(({ id }) => id).join('');

  it('is what is nearest', () => {
    const chain = graph('a>b b>c c>d d>e e>f');
    expect(ids(nearest(chain, 'd', 3))).toBe('cde');
    expect(ids(nearest(chain, null, 2))).toBe('ab');
    expect(ids(nearest(chain, 'd', 60))).toBe('abcdef');
  });

  it('is what is joined', () => {
    const some = graph('a>b c>b d>e f');
    expect(ids(joined(some, 'a', () => false))).toBe('abc');
    expect(ids(joined(some, 'f', () => false))).toBe('f');
    expect(ids(joined(some, 'f', ({ id }) => id === 'e'))).toBe('def');
  });
});
