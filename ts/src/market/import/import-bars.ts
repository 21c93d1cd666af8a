import { BarReader } from './bar-reader.js';
import type { BarSink, ImportOptions, ImportReport } from './bar-sink.js';

/**
 * Imports the bars of one file into a sink, in order of time. A promise that the sink returns is
 * awaited before the next bar, so a slow sink slows the reading and nothing piles up.
 *
 * @throws HoldfastError `DATA_FILE_NOT_FOUND`, `DATA_EMPTY`, `DATA_FORMAT_UNKNOWN`,
 * `DATA_COLUMN_MISSING`, `DATA_DESCRIPTION_INVALID`, `DATA_ROW_INVALID`, `DATA_SOURCE_FAILED`,
 * `PRICE_OFF_TICK`, `QTY_OFF_LOT`.
 *
 * @example
 * const description = parseDataDescription({ symbol: 'SPX', tick: '0.01', round: 'nearest' });
 * const report = await importBars({ file: 'sp500.csv', description, instrument: 0 }, sink);
 */
export async function importBars(options: ImportOptions, sink: BarSink): Promise<ImportReport> {
  const reader = await BarReader.open(options);
  for await (const batch of reader.batches()) {
    for (let index = 0; index < batch.count; index += 1) {
      const taken = sink.bar(
        options.instrument,
        batch.tsOpenNs(index),
        batch.tsCloseNs(index),
        batch.openTicks(index),
        batch.highTicks(index),
        batch.lowTicks(index),
        batch.closeTicks(index),
        batch.volumeLots(index),
      );
      if (taken !== undefined) await taken;
    }
  }
  return reader.report();
}
