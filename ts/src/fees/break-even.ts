import type { Amount } from '../core/amount.js';
import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import type { Instrument } from '../core/instrument.js';
import type { Price } from '../core/price.js';
import type { Quantity } from '../core/quantity.js';
import type { Side } from '../core/vocabulary.generated.js';
import type { FeeRate } from './fee-rate.js';

/** A position whose round trip is to pay for itself. */
export interface PlannedRoundTrip {
  readonly instrument: Instrument;
  /** Side of the entry. */
  readonly side: Side;
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  /** Everything paid until the exit, in the settlement currency; negative is income. */
  readonly costs: Amount;
  /** Rate of the fee at the exit. */
  readonly exitRate: FeeRate;
}

const TICKS_MAX = 2n ** 62n;

/** Profit of a round trip after all costs, exactly, with the exit fee rounded against the trader. */
export function roundTripProfit(trip: PlannedRoundTrip, exitPrice: Price): Amount {
  const { instrument, side, quantity, entryPrice, costs, exitRate } = trip;
  const entry = instrument.settlementNotional(entryPrice, quantity);
  const exit = instrument.settlementNotional(exitPrice, quantity);
  // One lot of an inverse contract is worth less of the base currency at a higher price.
  const isGain = (side === 'buy') === (instrument.kind !== 'inverse');
  const gross = isGain ? exit.minus(entry) : entry.minus(exit);
  return gross.minus(costs).minus(exitRate.of(exit));
}

/**
 * The exit price from which a round trip loses nothing: the tick nearest to the entry's favour that pays for all costs. One
 * tick further in the market's favour the round trip loses.
 *
 * @throws HoldfastError `BREAK_EVEN_UNREACHABLE`, `CURRENCY_MISMATCH`
 */
export function breakEvenPrice(trip: PlannedRoundTrip): Price {
  const { instrument, side } = trip;
  const pays = (ticks: bigint): boolean => {
    try {
      return roundTripProfit(trip, instrument.priceOfTicks(ticks)).raw >= 0n;
    } catch (error) {
      // A notional past its range is far on the side of higher prices, or of lower ones for an inverse contract.
      if (isHoldfastError(error) && error.code === 'AMOUNT_OVERFLOW') {
        return (side === 'buy') === (instrument.kind !== 'inverse');
      }
      throw error;
    }
  };
  // Profit rises with the exit price for a long, and falls for a short: there is one edge.
  const isLong = side === 'buy';
  let low = 1n;
  if (pays(low) === isLong) return isLong ? instrument.priceOfTicks(low) : unreachable(trip);
  let high = trip.entryPrice.ticks > 1n ? trip.entryPrice.ticks : 2n;
  while (pays(high) !== isLong) {
    low = high;
    high *= 2n;
    if (high > TICKS_MAX) return unreachable(trip);
  }
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (pays(middle) === isLong) high = middle;
    else low = middle;
  }
  return instrument.priceOfTicks(isLong ? high : low);
}

function unreachable({ instrument, entryPrice, costs }: PlannedRoundTrip): never {
  throw new HoldfastError(
    'BREAK_EVEN_UNREACHABLE',
    `no exit price pays for ${costs} ${costs.currency} of costs`,
    {
      context: {
        symbol: instrument.symbol,
        entryPrice: entryPrice.toString(),
        costs: costs.toString(),
      },
    },
  );
}
