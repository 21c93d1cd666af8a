import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { zipSync } from 'fflate';
import { afterAll, expect } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { type DataDescriptionInput, parseDataDescription } from '#ts/market/data-description.js';
import type { BarSteps } from '#ts/market/import/bar-batch.js';
import type { ImportOptions, ImportReport } from '#ts/market/import/bar-sink.js';
import { importBars } from '#ts/market/import/import-bars.js';

export const SP500_FILE = resolve('node_modules/vega-datasets/data/sp500-2000.csv');

const SHARED_DATA = resolve(process.env['HOLDFAST_SHARED_DATA'] ?? '../shared/data');
/** Recorded data lies outside the project; a test that needs it is skipped where it is absent. */
export const hasSharedData = existsSync(SHARED_DATA);
if (!hasSharedData) console.warn(`not run: recorded data is absent (${SHARED_DATA})`);

export const HEADER = 'time,open,high,low,close,volume';

let folder: string | null = null;
let fileCount = 0;

afterAll(() => {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
});

export function sharedFile(path: string): string {
  return join(SHARED_DATA, path);
}

/** Writes a file in a folder that goes away after the tests, and returns its path. */
export function writeFile(name: string, content: string | Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), 'holdfast-import-'));
  fileCount += 1;
  const file = join(folder, String(fileCount), name);
  mkdirSync(dirname(file));
  writeFileSync(file, content);
  return file;
}

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const bytes = Object.entries(files).map(([name, text]) => [name, Buffer.from(text)] as const);
  return zipSync(Object.fromEntries(bytes));
}

export function gzipOf(text: string): Uint8Array {
  return gzipSync(text);
}

export interface Imported {
  readonly report: ImportReport;
  readonly bars: readonly BarSteps[];
}

type Description = Partial<DataDescriptionInput>;

export async function importFile(
  file: string,
  description: Description = {},
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const bars: BarSteps[] = [];
  const report = await importBars(
    {
      file,
      description: parseDataDescription({ symbol: 'TEST', ...description }),
      instrument: 0,
      ...options,
    },
    {
      bar(
        _instrument,
        tsOpenNs,
        tsCloseNs,
        openTicks,
        highTicks,
        lowTicks,
        closeTicks,
        volumeLots,
      ) {
        bars.push({ tsOpenNs, tsCloseNs, openTicks, highTicks, lowTicks, closeTicks, volumeLots });
      },
    },
  );
  return { report, bars };
}

/** Imports CSV text with the usual header in front of its rows. */
export async function importRows(
  rows: readonly string[],
  description: Description = {},
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const file = writeFile('rows.csv', `${[HEADER, ...rows].join('\n')}\n`);
  return await importFile(file, description, options);
}

/** Returns the error that an import ends with. */
export async function failureOf(pending: Promise<unknown>): Promise<HoldfastError> {
  const outcome = await pending.then(
    () => null,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(HoldfastError);
  if (outcome instanceof HoldfastError) return outcome;
  throw new Error('the import was expected to fail');
}

/** Runs a call that must throw, and returns its error. */
export function thrownBy(call: () => unknown): HoldfastError {
  try {
    call();
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the call was expected to throw');
}
