// Plain text tables for a terminal. Rounds for reading only: the JSON line holds the exact values.

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** One cell a column; a number is aligned to the right, null is shown as a dash. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export function renderTable(table: Table): string {
  const cells = table.rows.map((row) => row.map(cellText));
  const widths = table.columns.map((name, i) =>
    Math.max(name.length, ...cells.map((row) => (row[i] ?? '').length)),
  );
  const right = table.columns.map((_, i) => table.rows.every((row) => typeof row[i] !== 'string'));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => (right[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [table.title, line(table.columns), rule, ...cells.map(line)].join('\n');
}

function cellText(cell: string | number | null): string {
  if (cell === null) return '-';
  return typeof cell === 'string' ? cell : roundForReading(cell);
}

/** 1234567.8 -> "1,234,568"; 12.345 -> "12.3"; 0.01234 -> "0.0123". */
export function roundForReading(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(3)));
}

/** The middle of an odd count, the mean of the two middle ones of an even count. Throws on none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
