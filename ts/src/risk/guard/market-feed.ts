import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import type { Gate } from '../gate/gate.js';
import { bookTopOf, isFields, tickerOf, totalsOf, type VenueTop } from './ccxt-shapes.js';

/** Feeds a gate with the prices and balances that pass by. */
export class MarketFeed {
  readonly #gate: Gate;
  readonly #onProblem: (error: unknown) => void;
  readonly #toleranceFrac: number;
  readonly #bySymbol: ReadonlyMap<string, Instrument>;

  constructor(gate: Gate, onProblem: (error: unknown) => void, toleranceFrac: number) {
    this.#gate = gate;
    this.#onProblem = onProblem;
    this.#toleranceFrac = toleranceFrac;
    this.#bySymbol = new Map(gate.instruments.map((each) => [each.symbol, each]));
  }

  /** Takes one ticker, or many by symbol. */
  tickers(answer: unknown): void {
    const many = isFields(answer) && tickerOf(answer)?.symbol === undefined;
    for (const each of many ? Object.values(answer) : [answer]) {
      const ticker = tickerOf(each);
      if (ticker !== undefined) this.#top(ticker);
    }
  }

  /** Takes the top of an order book. */
  book(answer: unknown, symbol: string | undefined): void {
    const top = bookTopOf(answer);
    if (top !== undefined) this.#top({ ...top, symbol: top.symbol ?? symbol });
  }

  /** A balance that is the gate's, within what is permitted, confirms the account. */
  balance(answer: unknown): void {
    const totals = totalsOf(answer);
    let compared = 0;
    for (const { currency, cash } of this.#gate.account().currencies) {
      const total = totals.get(currency);
      if (total === undefined) continue;
      compared += 1;
      const kept = Number(cash);
      if (Math.abs(total - kept) <= this.#toleranceFrac * Math.abs(kept)) continue;
      this.#onProblem(
        new HoldfastError(
          'ACCOUNT_STALE',
          `balance of ${currency} must be the gate's ${cash}, is ${total} at the venue; the account is not confirmed`,
          { context: { currency, venue: total, gate: cash } },
        ),
      );
      return;
    }
    if (compared > 0) this.#gate.signals.accountConfirmed();
  }

  /** Prices between ticks are widened: the bid down, the ask up. */
  #top({ symbol, bid, ask, last }: VenueTop): void {
    const instrument = symbol === undefined ? undefined : this.#bySymbol.get(symbol);
    if (instrument === undefined) return;
    if (bid !== undefined && ask !== undefined && bid > 0 && ask >= bid) {
      const quote = { bid: instrument.floorPrice(bid), ask: instrument.ceilPrice(ask) };
      this.#gate.quote({ instrument: instrument.symbol, ...quote });
    } else if (last !== undefined && last > 0) {
      this.#gate.price(instrument.symbol, instrument.nearestPrice(last));
    }
  }
}
