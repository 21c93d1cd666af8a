import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { BarColumn, DataDescription } from '../data-description.js';
import { type BadRow, type BadRowLog, type BadRowReason, badRow } from './bad-row.js';
import type { BarBatch } from './bar-batch.js';
import { type AdjustmentFactors, productOf } from './factors.js';
import type { ImportPlan } from './import-plan.js';
import type { TimePeriod } from './period.js';
import type { Fields } from './row-decoder.js';
import { decimalOfText, largerOf, StepReader, type StepOutcome } from './step-reader.js';

type ValueColumn = Exclude<BarColumn, 'time'>;

const PRICE_COLUMNS = ['open', 'high', 'low', 'close'] as const;

/** Checks rows and turns them into bars of whole ticks and lots. */
export class BarBuilder {
  readonly #file: string;
  readonly #plan: ImportPlan;
  readonly #description: DataDescription;
  readonly #period: TimePeriod;
  readonly #log: BadRowLog;
  readonly #batch: BarBatch;
  readonly #factors: AdjustmentFactors | null;
  readonly #readers: Readonly<Record<ValueColumn, StepReader>>;
  #previousNs: bigint | null = null;
  #rowCount = 0;
  #barCount = 0;
  #firstNs = 0n;
  #lastNs = 0n;

  constructor(options: {
    readonly file: string;
    readonly plan: ImportPlan;
    readonly description: DataDescription;
    readonly period: TimePeriod;
    readonly log: BadRowLog;
    readonly batch: BarBatch;
    readonly factors: AdjustmentFactors | null;
  }) {
    this.#file = options.file;
    this.#plan = options.plan;
    this.#description = options.description;
    this.#period = options.period;
    this.#log = options.log;
    this.#batch = options.batch;
    this.#factors = options.factors;
    const { tick, lot, round, roundVolume } = options.description;
    const { impliedScale } = options.plan;
    const price = (): StepReader => new StepReader({ step: tick, rounding: round, impliedScale });
    const volume = new StepReader({ step: lot, rounding: roundVolume });
    this.#readers = { open: price(), high: price(), low: price(), close: price(), volume };
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get barCount(): number {
    return this.#barCount;
  }

  /** Open time of the first bar and close time of the last. */
  get span(): { readonly firstNs: bigint; readonly lastNs: bigint } {
    return { firstNs: this.#firstNs, lastNs: this.#lastNs };
  }

  get roundedPrices(): { readonly count: number; readonly max: string } {
    const readers = PRICE_COLUMNS.map((column) => this.#readers[column]);
    const max = readers.map((reader) => reader.roundedMax).reduce(largerOf);
    const count = readers.reduce((sum, reader) => sum + reader.roundedCount, 0);
    return { count, max: formatDecimal(max.mantissa, max.scale) };
  }

  get roundedVolumes(): { readonly count: number; readonly max: string } {
    const { roundedCount, roundedMax } = this.#readers.volume;
    return { count: roundedCount, max: formatDecimal(roundedMax.mantissa, roundedMax.scale) };
  }

  /**
   * Adds the bar of a row to the batch, or the row to the bad ones.
   *
   * @throws HoldfastError `DATA_ROW_INVALID` unless bad rows are skipped; `PRICE_OFF_TICK`,
   * `QTY_OFF_LOT`, `PRICE_OUT_OF_RANGE` and `QTY_OUT_OF_RANGE` always, because they ask for another
   * description.
   */
  add(fields: Fields, line: number): void {
    this.#rowCount += 1;
    if (fields.length !== this.#plan.fieldCount) {
      const value = `${fields.length} instead of ${this.#plan.fieldCount}`;
      this.#log.add(badRow({ line, column: '1', reason: 'wrong number of fields', value }));
      return;
    }
    const time = this.#field(fields, 'time');
    const timeNs = this.#plan.readTime(time);
    const reason = timeNs === null ? 'not a time' : this.#timeFault(timeNs);
    if (timeNs === null || reason !== null) {
      this.#refuseValue('time', reason ?? 'not a time', { line, value: time });
      return;
    }
    const { intervalNs } = this.#plan;
    const tsOpenNs = this.#description.stamp === 'open' ? timeNs : timeNs - intervalNs;
    if (!this.#period.includes(tsOpenNs)) {
      this.#previousNs = timeNs;
      return;
    }
    if (!this.#readValues(fields, line, tsOpenNs) || !this.#isInOrder(fields, line)) return;
    this.#previousNs = timeNs;
    this.#keep(tsOpenNs, tsOpenNs + intervalNs - 1n);
  }

  /** Counts a row that could not even be split into fields. */
  refuse(row: BadRow): void {
    this.#rowCount += 1;
    this.#log.add(row);
  }

  #timeFault(timeNs: bigint): BadRowReason | null {
    if (this.#previousNs === null) return null;
    const sincePrevious = timeNs - this.#previousNs;
    if (sincePrevious >= this.#plan.intervalNs) return null;
    if (sincePrevious === 0n) return 'duplicate time';
    return sincePrevious < 0n ? 'time goes back' : 'less than one interval after the row before';
  }

  #readValues(fields: Fields, line: number, tsOpenNs: bigint): boolean {
    const factors = this.#factors?.at(tsOpenNs) ?? null;
    for (const column of PRICE_COLUMNS) {
      if (!this.#readValue({ fields, line, column, factor: factors?.price ?? null })) return false;
      if (this.#readers[column].steps <= 0n) {
        const value = this.#field(fields, column);
        return this.#refuseValue(column, 'price not above zero', { line, value });
      }
    }
    const column = 'volume';
    if (!this.#readValue({ fields, line, column, factor: factors?.volume ?? null })) return false;
    if (this.#readers.volume.steps >= 0n) return true;
    return this.#refuseValue(column, 'volume below zero', {
      line,
      value: this.#field(fields, column),
    });
  }

  #readValue(place: {
    readonly fields: Fields;
    readonly line: number;
    readonly column: ValueColumn;
    readonly factor: Decimal | null;
  }): boolean {
    const { line, column, factor } = place;
    const value = this.#field(place.fields, column);
    const reader = this.#readers[column];
    const outcome =
      factor === null ? reader.read(value) : this.#readAdjusted(column, value, factor);
    if (outcome === 'exact' || outcome === 'rounded') return true;
    if (outcome === 'not-a-number')
      return this.#refuseValue(column, 'not a number', { line, value });
    // A value below zero is a bad row whatever its steps are.
    if (value.startsWith('-')) {
      const reason = column === 'volume' ? 'volume below zero' : 'price not above zero';
      return this.#refuseValue(column, reason, { line, value });
    }
    throw this.#stepError({ line, column, value, isOffStep: outcome === 'off-step' });
  }

  #readAdjusted(column: ValueColumn, text: string, factor: Decimal): StepOutcome {
    const raw = decimalOfText(text);
    if (raw === null) return 'not-a-number';
    const impliedScale = column === 'volume' ? 0 : this.#plan.impliedScale;
    const value = { mantissa: raw.mantissa, scale: raw.scale + impliedScale };
    return this.#readers[column].readDecimal(productOf(value, factor));
  }

  /** Judged in ticks: rounding keeps the order of two prices, and may make two noisy ones equal. */
  #isInOrder(fields: Fields, line: number): boolean {
    const { open, high, low, close } = this.#readers;
    if (high.steps < low.steps) {
      const value = `${this.#field(fields, 'high')} < ${this.#field(fields, 'low')}`;
      return this.#refuseValue('high', 'high below low', { line, value });
    }
    for (const column of ['open', 'close'] as const) {
      const { steps } = column === 'open' ? open : close;
      if (steps >= low.steps && steps <= high.steps) continue;
      const value = this.#field(fields, column);
      return this.#refuseValue(column, `${column} outside low..high`, { line, value });
    }
    return true;
  }

  #keep(tsOpenNs: bigint, tsCloseNs: bigint): void {
    const { open, high, low, close, volume } = this.#readers;
    this.#batch.push({
      tsOpenNs,
      tsCloseNs,
      openTicks: open.steps,
      highTicks: high.steps,
      lowTicks: low.steps,
      closeTicks: close.steps,
      volumeLots: volume.steps,
    });
    open.commit();
    high.commit();
    low.commit();
    close.commit();
    volume.commit();
    if (this.#barCount === 0) this.#firstNs = tsOpenNs;
    this.#lastNs = tsCloseNs;
    this.#barCount += 1;
  }

  /** Returns false, so that a check can end with it. */
  #refuseValue(
    column: BarColumn,
    reason: BadRowReason,
    place: { readonly line: number; readonly value: string },
  ): false {
    this.#log.add(badRow({ ...place, column: this.#plan.columns.names[column], reason }));
    return false;
  }

  #field(fields: Fields, column: BarColumn): string {
    const field = fields[this.#plan.columns.positions[column]] ?? '';
    const isPadded = field.charCodeAt(0) <= 32 || field.charCodeAt(field.length - 1) <= 32;
    return isPadded ? field.trim() : field;
  }

  /** A LEAN price is an integer of implied decimals; the error says which price it stands for. */
  #impliedPrice(column: ValueColumn, text: string): string {
    const { impliedScale } = this.#plan;
    const raw = column === 'volume' || impliedScale === 0 ? null : decimalOfText(text);
    return raw === null ? '' : ` (${formatDecimal(raw.mantissa, raw.scale + impliedScale)})`;
  }

  #stepError(place: {
    readonly line: number;
    readonly column: ValueColumn;
    readonly value: string;
    readonly isOffStep: boolean;
  }): HoldfastError {
    const { line, column, value, isOffStep } = place;
    const file = this.#file;
    const name = this.#plan.columns.names[column];
    const { tick, lot } = this.#description;
    const isVolume = column === 'volume';
    const step = isVolume ? { lot } : { tick };
    const at = `${file}:${line}: column ${name}: ${value}${this.#impliedPrice(column, value)}`;
    if (!isOffStep) {
      const code = isVolume ? 'QTY_OUT_OF_RANGE' : 'PRICE_OUT_OF_RANGE';
      const steps = isVolume ? `lots of ${lot}` : `ticks of ${tick}`;
      const message = `${at} exceeds the 64-bit range of ${steps}`;
      return new HoldfastError(code, message, {
        context: { file, line, column: name, value, ...step },
      });
    }
    const { below, above } = this.#readers[column].neighbours();
    const remedy = isVolume
      ? 'give the data description its lot, or roundVolume "nearest" (--lot, --round-volume)'
      : 'give the data description its tick, or round "nearest" (--tick, --round nearest)';
    const rule = isVolume ? `lot ${lot}` : `tick ${tick}`;
    return new HoldfastError(
      isVolume ? 'QTY_OFF_LOT' : 'PRICE_OFF_TICK',
      `${at} must be a multiple of ${rule}, its neighbours are ${below} and ${above}; ${remedy}`,
      { context: { file, line, column: name, value, below, above, ...step } },
    );
  }
}
