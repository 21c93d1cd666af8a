import type { Instrument } from '../../core/instrument.js';
import type { Side } from '../../core/vocabulary.generated.js';
import { MarketEventBuffer } from '../../market/market-event.js';
import { BAR_RECORDS } from '../../market/market-event-layout.js';
import type { PriceInput, QuantityInput } from '../../strategies/strategy-context.js';

interface Update {
  /** Symbol or index; the only instrument when left out. */
  readonly instrument?: string | number;
  /**
   * When it was received here; the clock's time when left out. A venue's own time serves where its clock is the engine's:
   * time must not run back.
   */
  readonly tsNs?: bigint;
}

/** The best bid and offer. */
export interface QuoteUpdate extends Update {
  readonly bid: PriceInput;
  readonly bidQty: QuantityInput;
  readonly ask: PriceInput;
  readonly askQty: QuantityInput;
}

/** A trade of others. */
export interface TradeUpdate extends Update {
  readonly price: PriceInput;
  readonly quantity: QuantityInput;
  /** Side of the aggressor. */
  readonly side: Side;
  readonly tradeId?: number | bigint;
}

/** A bar that has closed, at `tsNs`. */
export interface BarUpdate extends Update {
  readonly tsOpenNs: bigint;
  readonly open: PriceInput;
  readonly high: PriceInput;
  readonly low: PriceInput;
  readonly close: PriceInput;
  readonly volume: QuantityInput;
}

interface Stamp {
  readonly index: number;
  readonly instrument: Instrument;
  readonly tsNs: bigint;
}

/** Writes market updates as the records that native code reads; each returns how many records it wrote. */
export class MarketWriter {
  readonly #buffer: MarketEventBuffer;

  constructor(bytes: Uint8Array) {
    this.#buffer = new MarketEventBuffer(bytes);
  }

  quote(quote: QuoteUpdate, { index, instrument, tsNs }: Stamp): number {
    this.#buffer.writeQuote(0, {
      instrument: index,
      tsEventNs: tsNs,
      bidTicks: instrument.price(quote.bid).ticks,
      bidLots: instrument.quantity(quote.bidQty).lots,
      askTicks: instrument.price(quote.ask).ticks,
      askLots: instrument.quantity(quote.askQty).lots,
    });
    return 1;
  }

  trade(trade: TradeUpdate, { index, instrument, tsNs }: Stamp): number {
    this.#buffer.writeTrade(0, {
      instrument: index,
      tsEventNs: tsNs,
      priceTicks: instrument.price(trade.price).ticks,
      quantityLots: instrument.quantity(trade.quantity).lots,
      tradeId: trade.tradeId ?? 0,
      side: trade.side,
    });
    return 1;
  }

  bar(bar: BarUpdate, { index, instrument, tsNs }: Stamp): number {
    this.#buffer.writeBar(0, {
      instrument: index,
      tsOpenNs: bar.tsOpenNs,
      tsCloseNs: tsNs,
      openTicks: instrument.price(bar.open).ticks,
      highTicks: instrument.price(bar.high).ticks,
      lowTicks: instrument.price(bar.low).ticks,
      closeTicks: instrument.price(bar.close).ticks,
      volumeLots: instrument.quantity(bar.volume).lots,
    });
    return BAR_RECORDS;
  }
}
