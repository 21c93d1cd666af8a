import type { Decimal } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { DataDescription } from '../data-description.js';
import { type BadRowReason, badRow, rowError } from './bad-row.js';
import { ByteSource } from './byte-source.js';
import { lineBatches } from './line-batches.js';
import { decimalOfText } from './step-reader.js';
import { timeReaderOf } from './time-format.js';

/** A share's factor has some ten digits, so its inverse is carried to twelve. */
const INVERSE_SCALE = 12;
const FACTOR_FIELDS = 4;
const ONE: Decimal = { mantissa: 1n, scale: 0 };

/** What prices are multiplied by, and volumes, up to and including one day. */
interface FactorRow {
  readonly lastDayNs: bigint;
  readonly price: Decimal;
  readonly volume: Decimal;
}

/**
 * Split and dividend factors of one share. A row holds for the days up to its own date, which is
 * the last before the split or dividend; after the last row there is nothing to adjust.
 */
export class AdjustmentFactors {
  readonly contentHash: string;
  readonly #rows: readonly FactorRow[];
  #index = 0;

  private constructor(rows: readonly FactorRow[], contentHash: string) {
    this.#rows = rows;
    this.contentHash = contentHash;
  }

  /**
   * Reads `date,price factor,split factor,reference price` rows.
   *
   * @throws HoldfastError `DATA_FILE_NOT_FOUND`, `DATA_EMPTY`, `DATA_ROW_INVALID`.
   */
  static async read(
    file: string,
    adjust: Exclude<DataDescription['adjust'], 'none'>,
  ): Promise<AdjustmentFactors> {
    const source = await ByteSource.open({ file });
    const rows: FactorRow[] = [];
    for await (const { firstLine, lines } of lineBatches(source.chunks(), file)) {
      lines.forEach((text, index) => {
        if (text === '') return;
        const row = readRow({ file, line: firstLine + index, text, adjust });
        const previous = rows.at(-1);
        if (previous !== undefined && row.lastDayNs <= previous.lastDayNs) {
          throw invalidRow(
            { file, line: firstLine + index, column: 0, value: text },
            'time goes back',
          );
        }
        rows.push(row);
      });
    }
    if (rows.length === 0) {
      throw new HoldfastError('DATA_EMPTY', `factor file ${file} holds no row`, {
        context: { file },
      });
    }
    return new AdjustmentFactors(rows, source.contentHash);
  }

  /** Returns the factors of a day. Days may be asked for in any order; ascending is quick. */
  at(timeNs: bigint): { readonly price: Decimal; readonly volume: Decimal } {
    const before = this.#rows[this.#index - 1];
    if (before !== undefined && startOfDay(timeNs) <= before.lastDayNs) this.#index = 0;
    const dayNs = startOfDay(timeNs);
    let row = this.#rows[this.#index];
    while (row !== undefined && row.lastDayNs < dayNs) {
      this.#index += 1;
      row = this.#rows[this.#index];
    }
    return row ?? { price: ONE, volume: ONE };
  }
}

/** The exact product of two decimals. */
export function productOf(left: Decimal, right: Decimal): Decimal {
  return { mantissa: left.mantissa * right.mantissa, scale: left.scale + right.scale };
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly value: string;
}

function readRow(row: {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly adjust: 'splits' | 'splits-and-dividends';
}): FactorRow {
  const fields = row.text.split(',');
  const place = (column: number): Place => ({ ...row, column, value: fields[column] ?? row.text });
  if (fields.length !== FACTOR_FIELDS) throw invalidRow(place(0), 'wrong number of fields');
  const lastDayNs = timeReaderOf('yyyymmdd')(fields[0] ?? '');
  if (lastDayNs === null) throw invalidRow(place(0), 'not a time');
  const factorAt = (column: number): Decimal => {
    const factor = decimalOfText(fields[column] ?? '');
    if (factor === null) throw invalidRow(place(column), 'not a number');
    if (factor.mantissa <= 0n) throw invalidRow(place(column), 'factor not above zero');
    return factor;
  };
  const dividend = factorAt(1);
  const split = factorAt(2);
  const price = row.adjust === 'splits' ? split : productOf(dividend, split);
  return { lastDayNs, price, volume: inverseOf(split) };
}

/** Twice the shares trade at half the price: volumes go by the inverse, rounded half up. */
function inverseOf(split: Decimal): Decimal {
  const numerator = 10n ** BigInt(INVERSE_SCALE + split.scale);
  const mantissa = (2n * numerator + split.mantissa) / (2n * split.mantissa);
  return { mantissa, scale: INVERSE_SCALE };
}

function startOfDay(timeNs: bigint): bigint {
  const dayNs = 86_400_000_000_000n;
  const intoDay = timeNs % dayNs;
  return timeNs - (intoDay < 0n ? intoDay + dayNs : intoDay);
}

function invalidRow(place: Place, reason: BadRowReason): HoldfastError {
  const { file, line, value } = place;
  const row = badRow({ line, column: String(place.column + 1), reason, value });
  return rowError(file, row, 'mend the factor file');
}
