import { HoldfastError } from '../../core/holdfast-error.js';
import { timeReaderOf } from './time-format.js';

const DAY_NS = 86_400_000_000_000n;
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A span of time with both ends in it; an end that is not given is open. */
export class TimePeriod {
  readonly #fromNs: bigint | null;
  readonly #toNs: bigint | null;

  private constructor(fromNs: bigint | null, toNs: bigint | null) {
    this.#fromNs = fromNs;
    this.#toNs = toNs;
  }

  /**
   * Reads ISO 8601 dates or times (UTC without a zone). A date as the end takes its whole day.
   *
   * @throws HoldfastError `ARGUMENT_INVALID` naming `from` or `to`.
   */
  static parse(options: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
  }): TimePeriod {
    const fromNs = readEnd('from', options.from);
    const endNs = readEnd('to', options.to);
    const isWholeDay = endNs !== null && DATE.test(options.to ?? '');
    const toNs = isWholeDay ? endNs + DAY_NS - 1n : endNs;
    if (fromNs !== null && toNs !== null && fromNs > toNs) {
      throw invalid('from', `from must not lie after to, was ${options.from} after ${options.to}`);
    }
    return new TimePeriod(fromNs, toNs);
  }

  includes(timeNs: bigint): boolean {
    if (this.#fromNs !== null && timeNs < this.#fromNs) return false;
    return this.#toNs === null || timeNs <= this.#toNs;
  }
}

function readEnd(field: 'from' | 'to', text: string | undefined): bigint | null {
  if (text === undefined) return null;
  const timeNs = timeReaderOf('iso')(text);
  if (timeNs !== null) return timeNs;
  throw invalid(
    field,
    `${field} must be an ISO 8601 date or time such as "2020-01-31", was "${text}"`,
  );
}

function invalid(field: string, message: string): HoldfastError {
  return new HoldfastError('ARGUMENT_INVALID', message, { context: { field } });
}
