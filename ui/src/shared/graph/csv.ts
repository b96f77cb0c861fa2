/** A table as a file that spreadsheets read. */

export type Cell = string | number | null;

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  // A spreadsheet would take such a text for a formula, and a title may come from anywhere.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a mark at the front that tells spreadsheets it is UTF-8. */
export function csv(rows: Iterable<readonly Cell[]>): string {
  let text = '\uFEFF';
  for (const row of rows) text += `${row.map(cell).join(',')}\r\n`;
  return text;
}
