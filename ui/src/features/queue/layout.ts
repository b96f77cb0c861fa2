/** Where the nodes of a graph without circles go: from left to right, what comes before further left. */

export interface Node {
  id: string;
  /** What comes before it; whoever is not in the graph counts for nothing. */
  after: readonly string[];
}

/** A place: the column from the left, and the row in it. Rows may lie between others, so that short columns are centred. */
export interface Place {
  column: number;
  row: number;
}

export interface Edge {
  from: string;
  to: string;
  /** From one node to the other; in each column between them there is one. */
  by: Place[];
}

export interface Layout {
  places: Map<string, Place>;
  edges: Edge[];
  columns: number;
  rows: number;
}

/** A node, or where an edge crosses a column. */
interface Item {
  id: string;
  before: Item[];
  behind: Item[];
}

const SWEEPS = 4;

/** How many columns have to lie before each; what would close a circle is left out, and told by its edges being gone. */
function layer(nodes: readonly Node[]): { depth: Map<string, number>; edges: [string, string][] } {
  const by = new Map(nodes.map((node) => [node.id, node]));
  const depth = new Map<string, number>();
  const edges: [string, string][] = [];
  const open = new Set<string>();
  const visit = ({ id, after }: Node): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    open.add(id);
    let deepest = 0;
    for (const before of new Set(after)) {
      const node = by.get(before);
      if (!node || open.has(before)) continue;
      deepest = Math.max(deepest, visit(node) + 1);
      edges.push([before, id]);
    }
    open.delete(id);
    depth.set(id, deepest);
    return deepest;
  };
  nodes.forEach(visit);
  return { depth, edges };
}

/** How often edges between neighbouring columns cross. */
export function crossings(columns: readonly (readonly Item[])[]): number {
  let count = 0;
  for (const column of columns.slice(1)) {
    const before = columns[columns.indexOf(column) - 1] ?? [];
    const places = new Map(before.map((item, at) => [item, at]));
    const ends = column.flatMap((item, to) => item.before.map((one) => [places.get(one) ?? 0, to] as const));
    for (const [at, [from, to]] of ends.entries())
      for (const [otherFrom, otherTo] of ends.slice(at + 1))
        if ((from - otherFrom) * (to - otherTo) < 0) count += 1;
  }
  return count;
}

/** Each where the middle of its neighbours is; whoever has none stays where it is. */
function sweep(columns: Item[][], forth: boolean): Item[][] {
  const next = columns.map((column) => [...column]);
  const order = forth ? next.keys() : [...next.keys()].reverse();
  for (const at of order) {
    const beside = next[at + (forth ? -1 : 1)];
    const column = next[at];
    if (!beside || !column) continue;
    const places = new Map(beside.map((item, row) => [item, row]));
    const middle = new Map(
      column.map((item, row) => {
        const rows = (forth ? item.before : item.behind).map((one) => places.get(one) ?? 0);
        return [item, rows.length > 0 ? rows.reduce((sum, one) => sum + one, 0) / rows.length : row];
      }),
    );
    column.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
  }
  return next;
}

export function layout(nodes: readonly Node[]): Layout {
  const { depth, edges } = layer(nodes);
  let columns: Item[][] = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, () => []);
  const items = new Map<string, Item>();
  const put = (id: string, column: number): Item => {
    const item: Item = { id, before: [], behind: [] };
    columns[column]?.push(item);
    return item;
  };
  for (const { id } of nodes) items.set(id, put(id, depth.get(id) ?? 0));
  const routes = edges.map(([from, to]) => {
    const route = [items.get(from), items.get(to)].filter((item) => item !== undefined);
    const [first, last] = [depth.get(from) ?? 0, depth.get(to) ?? 0];
    for (let column = first + 1; column < last; column += 1) route.splice(-1, 0, put('', column));
    route.forEach((item, at) => {
      const follows = route[at + 1];
      if (!follows) return;
      item.behind.push(follows);
      follows.before.push(item);
    });
    return { from, to, route };
  });

  let fewest = crossings(columns);
  let tried = columns;
  for (let time = 0; time < SWEEPS * 2 && fewest > 0; time += 1) {
    tried = sweep(tried, time % 2 === 0);
    const count = crossings(tried);
    if (count < fewest) [columns, fewest] = [tried, count];
  }

  const rows = Math.max(1, ...columns.map(({ length }) => length));
  const placeOf = new Map<Item, Place>();
  columns.forEach((column, at) => {
    const above = (rows - column.length) / 2;
    column.forEach((item, row) => placeOf.set(item, { column: at, row: above + row }));
  });
  const place = (item: Item) => placeOf.get(item) ?? { column: 0, row: 0 };
  return {
    places: new Map([...items].map(([id, item]) => [id, place(item)])),
    edges: routes.map(({ from, to, route }) => ({ from, to, by: route.map(place) })),
    columns: columns.length,
    rows,
  };
}

/** The first so many, those nearest to one of them before the others, in the order in which they came. */
export function nearest<T extends Node>(nodes: readonly T[], to: string | null, most: number): T[] {
  if (nodes.length <= most) return [...nodes];
  const beside = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { id, after } of nodes)
    for (const one of after)
      if (beside.has(one)) {
        beside.get(one)?.push(id);
        beside.get(id)?.push(one);
      }
  const found = new Set<string>();
  const next = to !== null && beside.has(to) ? [to] : [];
  for (let id = next.shift(); id !== undefined && found.size < most; id = next.shift()) {
    if (found.has(id)) continue;
    found.add(id);
    next.push(...(beside.get(id) ?? []));
  }
  for (const { id } of nodes) if (found.size < most) found.add(id);
  return nodes.filter(({ id }) => found.has(id));
}

/** Whoever is joined with one of them, by whatever way, and whoever else is meant. */
export function joined<T extends Node>(nodes: readonly T[], to: string, also: (node: T) => boolean): T[] {
  const found = new Set([to, ...nodes.filter(also).map(({ id }) => id)]);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { id, after } of nodes)
      if (found.has(id) || after.some((one) => found.has(one)))
        for (const one of [id, ...after]) found.add(one);
  }
  return nodes.filter(({ id }) => found.has(id));
}
