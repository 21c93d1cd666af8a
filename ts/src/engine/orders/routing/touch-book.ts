import type { Instrument } from '../../../core/instrument.js';
import type { Price } from '../../../core/price.js';
import type { Quantity } from '../../../core/quantity.js';
import type { QuoteUpdate } from '../market-update.js';

/** Best bid and offer of an instrument, with their sizes and when they were received. */
export interface Touch {
  readonly bid: Price;
  readonly bidQty: Quantity;
  readonly ask: Price;
  readonly askQty: Quantity;
  readonly tsNs: bigint;
}

/** The last quote of each instrument. */
export class TouchBook {
  readonly #touches = new Map<number, Touch>();

  set(index: number, instrument: Instrument, quote: QuoteUpdate, tsNs: bigint): void {
    this.#touches.set(index, {
      bid: instrument.price(quote.bid),
      bidQty: instrument.quantity(quote.bidQty),
      ask: instrument.price(quote.ask),
      askQty: instrument.quantity(quote.askQty),
      tsNs,
    });
  }

  at(index: number): Touch | undefined {
    return this.#touches.get(index);
  }
}
