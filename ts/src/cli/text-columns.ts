/** Lays rows out in columns, two blanks between; the last column is as wide as it is. */
export function textColumns(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Prints nanoseconds since 1970 as UTC, with milliseconds, or with nanoseconds where they are not whole milliseconds. */
export function utcText(ns: string): string {
  const value = BigInt(ns);
  const day = new Date(Number(value / 1_000_000n)).toISOString();
  const below = (value % 1_000_000n).toString().padStart(6, '0');
  const text = day.slice(0, -1).replace('T', ' ');
  return below === '000000' ? text : `${text}${below}`;
}

const DURATIONS: readonly (readonly [ns: bigint, unit: string])[] = [
  [86_400_000_000_000n, 'd'],
  [3_600_000_000_000n, 'h'],
  [60_000_000_000n, 'min'],
  [1_000_000_000n, 's'],
  [1_000_000n, 'ms'],
  [1_000n, 'µs'],
];

/** Prints a span in the largest unit that it fills, with at most two decimals. */
export function durationText(ns: bigint): string {
  const [size, unit] = DURATIONS.find(([least]) => ns >= least) ?? [1n, 'ns'];
  const hundredths = (ns * 100n) / size;
  const fraction = (hundredths % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${hundredths / 100n}${fraction === '' ? '' : `.${fraction}`} ${unit}`;
}
