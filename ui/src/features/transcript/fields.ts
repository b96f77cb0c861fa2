/** Reads what tools were given and gave: JSON that nobody has promised the shape of. */

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export function text(value: unknown, ...keys: string[]): string {
  const fields = record(value);
  for (const key of keys) {
    const field = fields[key];
    if (typeof field === 'string' && field !== '') return field;
  }
  return '';
}

export function list(value: unknown, key: string): unknown[] {
  const field = record(value)[key];
  return Array.isArray(field) ? field : [];
}

export function pretty(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** The first line, where the rest is one opening away. */
export function firstLine(value: string): string {
  return value.trimStart().split('\n', 1)[0] ?? '';
}
