import { HoldfastError } from '../../core/holdfast-error.js';
import type { DataDescription } from '../data-description.js';
import { BadRowLog } from './bad-row.js';
import { BarBatch } from './bar-batch.js';
import { BarBuilder } from './bar-builder.js';
import type { ImportOptions, ImportReport } from './bar-sink.js';
import { ByteSource } from './byte-source.js';
import { AdjustmentFactors } from './factors.js';
import { HEAD_ROWS_MAX, type ImportPlan, planImport } from './import-plan.js';
import { lineBatches } from './line-batches.js';
import { TimePeriod } from './period.js';
import { isBadRow, type RowDecoder } from './row-decoder.js';
import type { HeadLine } from './row-layout.js';

/** Reads the bars of one file in order of time. Memory does not grow with the file. */
export class BarReader {
  readonly #options: ImportOptions;
  readonly #period: TimePeriod;
  readonly #source: ByteSource;
  readonly #log: BadRowLog;
  readonly #batch = new BarBatch();
  #factors: AdjustmentFactors | null = null;
  #rows: RowFeed | null = null;

  private constructor(options: ImportOptions, source: ByteSource) {
    this.#options = options;
    this.#source = source;
    this.#period = TimePeriod.parse(options);
    this.#log = new BadRowLog({ file: options.file, skips: options.onBadRow === 'skip' });
  }

  /**
   * @throws HoldfastError `DATA_FILE_NOT_FOUND`, `DATA_SOURCE_FAILED`, `DATA_DESCRIPTION_INVALID`.
   */
  static async open(
    options: ImportOptions,
    onBytes?: (readBytes: number) => void,
  ): Promise<BarReader> {
    const { file, description } = options;
    const source = await ByteSource.open({ file, entry: description.entry, onBytes });
    try {
      return new BarReader(options, source);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** Size of the file as stored. */
  get totalBytes(): number {
    return this.#source.totalBytes;
  }

  /**
   * Yields the bars, a batch at a time; the batch is reused, so it is to be emptied before the next
   * is asked for. Can be walked once.
   *
   * @throws HoldfastError of the `DATA_…` codes, `PRICE_OFF_TICK`, `QTY_OFF_LOT`.
   */
  async *batches(): AsyncGenerator<BarBatch, void, undefined> {
    const batch = this.#batch;
    const head: HeadLine[] = [];
    try {
      this.#factors = await readFactors(this.#options.description);
      for await (const { firstLine, lines } of lineBatches(
        this.#source.chunks(),
        this.#source.file,
      )) {
        let line = firstLine;
        for (const text of lines) {
          if (!isBlank(text)) {
            if (this.#rows !== null) this.#rows.add(text, line);
            else this.#gather(head, { text, line });
          }
          line += 1;
          if (!batch.isFull) continue;
          yield batch;
          batch.clear();
        }
      }
      this.#rows ??= this.#start(head);
      this.#rows.finish();
      if (batch.count > 0) yield batch;
    } finally {
      await this.#source.close();
    }
  }

  /** @throws HoldfastError `DATA_EMPTY` when no row became a bar. */
  report(): ImportReport {
    if (this.#rows === null) throw noBars(this.#options, 0);
    const { builder, plan } = this.#rows;
    if (builder.barCount === 0) throw noBars(this.#options, builder.rowCount);
    const { firstNs, lastNs } = builder.span;
    return {
      file: this.#options.file,
      format: plan.format,
      rows: builder.rowCount,
      bars: builder.barCount,
      skippedCount: this.#log.count,
      skipped: this.#log.rows,
      roundedCount: builder.roundedPrices.count,
      roundedMax: builder.roundedPrices.max,
      volumeRoundedCount: builder.roundedVolumes.count,
      volumeRoundedMax: builder.roundedVolumes.max,
      contentHash: this.#source.contentHash,
      factorsHash: this.#factors?.contentHash ?? null,
      firstNs: firstNs.toString(),
      lastNs: lastNs.toString(),
      intervalNs: plan.intervalNs.toString(),
      warnings: plan.warnings,
    };
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  /** Keeps the first lines back until there are enough to settle how the file is read. */
  #gather(head: HeadLine[], line: HeadLine): void {
    head.push(line);
    if (head.length > HEAD_ROWS_MAX) this.#rows = this.#start(head);
  }

  #start(head: readonly HeadLine[]): RowFeed {
    const { file, description } = this.#options;
    if (head.length === 0) {
      throw new HoldfastError('DATA_EMPTY', `${file} is empty`, { context: { file } });
    }
    const plan = planImport({ file, textName: this.#source.textName, description, head });
    const builder = new BarBuilder({
      file,
      plan,
      description,
      period: this.#period,
      log: this.#log,
      batch: this.#batch,
      factors: this.#factors,
    });
    const rows = new RowFeed(plan, builder);
    for (const { text, line } of head.slice(plan.headerLines)) rows.add(text, line);
    return rows;
  }
}

/** Decodes lines by a plan and hands their rows to the builder. */
class RowFeed {
  readonly plan: ImportPlan;
  readonly builder: BarBuilder;
  readonly #decoder: RowDecoder;

  constructor(plan: ImportPlan, builder: BarBuilder) {
    this.plan = plan;
    this.builder = builder;
    this.#decoder = plan.makeDecoder();
  }

  add(text: string, line: number): void {
    const row = this.#decoder.decode(text, line);
    if (row === null) return;
    if (isBadRow(row)) this.builder.refuse(row);
    else this.builder.add(row, line);
  }

  finish(): void {
    const rest = this.#decoder.finish();
    if (rest !== null) this.builder.refuse(rest);
  }
}

function isBlank(text: string): boolean {
  return text === '' || (text.charCodeAt(0) <= 32 && text.trim() === '');
}

async function readFactors({
  adjust,
  factors,
}: DataDescription): Promise<AdjustmentFactors | null> {
  if (adjust === 'none' || factors === undefined) return null;
  return await AdjustmentFactors.read(factors, adjust);
}

function noBars({ file, from, to }: ImportOptions, rows: number): HoldfastError {
  const isWhole = from === undefined && to === undefined;
  const period = isWhole ? '' : ` from ${from ?? 'its start'} to ${to ?? 'its end'}`;
  return new HoldfastError('DATA_EMPTY', `${file} holds no bar${period}, of ${rows} rows`, {
    context: { file, rows, from: from ?? null, to: to ?? null },
  });
}
