import type { DataDescription, KnownDataFormat } from '../data-description.js';
import type { BadRow } from './bad-row.js';

/**
 * Takes the bars of an import in the order of their time. A promise holds the import until it
 * settles.
 */
export interface BarSink {
  bar(
    instrument: number,
    tsOpenNs: bigint,
    tsCloseNs: bigint,
    openTicks: bigint,
    highTicks: bigint,
    lowTicks: bigint,
    closeTicks: bigint,
    volumeLots: bigint,
  ): void | Promise<void>;
}

export type OnBadRow = 'refuse' | 'skip';

/** One file and how to read it. Everything here is plain data that can cross to a worker. */
export interface ImportOptions {
  readonly file: string;
  readonly description: DataDescription;
  readonly instrument: number;
  /** First bar open to take, ISO 8601. */
  readonly from?: string;
  /** Last bar open to take, ISO 8601; a date without time takes its whole day. */
  readonly to?: string;
  readonly onBadRow?: OnBadRow;
}

/**
 * What an import did. Times and large values are decimal strings, so that the report survives JSON.
 */
export interface ImportReport {
  readonly file: string;
  readonly format: KnownDataFormat;
  /** Data rows in the file, bad ones and those outside `from`..`to` included. */
  readonly rows: number;
  readonly bars: number;
  readonly skippedCount: number;
  readonly skipped: readonly BadRow[];
  readonly roundedCount: number;
  /** Largest change of a price by rounding, in the price's own unit. */
  readonly roundedMax: string;
  readonly volumeRoundedCount: number;
  readonly volumeRoundedMax: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly contentHash: string;
  /** SHA-256 of the factor file's bytes, hex; null without one. */
  readonly factorsHash: string | null;
  /** Open time of the first bar and close time of the last. */
  readonly firstNs: string;
  readonly lastNs: string;
  readonly intervalNs: string;
  readonly warnings: readonly string[];
}
