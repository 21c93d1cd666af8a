import { pathToFileURL } from 'node:url';

/** One line of a benchmark: a subject in a case, beside the reference that it is measured against. */
export interface SuiteRow {
  readonly case: string;
  readonly subject: string;
  /** Of `median` and `p99`, such as `ns/record`; less is faster. */
  readonly unit: string;
  readonly median: number;
  readonly p99: number;
  readonly samples: number;
  readonly reference: string;
  /** Throughput of the subject as a multiple of the reference's: above 1 is faster. */
  readonly ratio: number;
}

export interface Suite {
  readonly suite: string;
  readonly rows: readonly SuiteRow[];
}

/** Returns the nearest-rank percentile of the samples, `frac` from 0 to 1. */
export function percentile(samples: readonly number[], frac: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  const rank = Math.max(1, Math.ceil(frac * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Tells whether a module is the file that Node.js was started with. */
export function isStartedDirectly(moduleUrl: string): boolean {
  const started = process.argv[1];
  return started !== undefined && pathToFileURL(started).href === moduleUrl;
}

/** Writes a suite as a table of aligned columns. */
export function printSuite({ suite, rows }: Suite): void {
  const lines = rows.map((row) => [
    row.case,
    row.subject,
    `${row.median.toPrecision(3)} ${row.unit}`,
    `p99 ${row.p99.toPrecision(3)}`,
    `${row.samples} samples`,
    `${row.ratio.toFixed(2)}x ${row.reference}`,
  ]);
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  process.stdout.write(`${suite}\n`);
  for (const line of lines) {
    const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    process.stdout.write(`  ${cells.join('  ').trimEnd()}\n`);
  }
}
