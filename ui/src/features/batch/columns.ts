/** The names of a table's columns, to be offered for the prompt. What the table comes to is for the backend to say. */

/** As the backend knows a name between braces. */
const name = /^\p{Alphabetic}[\p{Alphabetic}\p{Number}_ -]*$/u;

export function columns(text: string): string[] {
  const found = /^\s*[[{]/.test(text) ? keys(text) : heads(text);
  return [...new Set(found)].filter((one) => name.test(one));
}

function keys(text: string): string[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) return [];
    return rows.flatMap((row: unknown) => (row && typeof row === 'object' ? Object.keys(row) : []));
  } catch {
    // It is still being written.
    return [];
  }
}

function heads(text: string): string[] {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  if (line.includes('\t')) return line.split('\t').map((one) => one.trim());
  // Between quotes a comma divides nothing, and two quotes are one.
  const cells = line.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return cells.map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}
