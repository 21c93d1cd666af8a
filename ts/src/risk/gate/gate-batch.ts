import type { CheckBatch } from '../../native/check-batch.js';
import { type ExactInput, lotsOf, ticksOf } from './exact-value.js';
import type { GateOrder } from './gate-order.js';
import type { OrderWriter } from './order-writer.js';

/** A limit order, or a market order without a price, that is judged and not sent. */
export type GateCandidate = Pick<
  GateOrder,
  'instrument' | 'side' | 'quantity' | 'limitPrice' | 'stopLoss' | 'reduceOnly'
>;

/** How orders are checked. */
export interface GateBatchOptions {
  /** Whether orders count for those behind them, as in a basket. Default false. */
  readonly together?: boolean;
  /** One of the limits' strategies. */
  readonly strategy?: string;
}

/** Adds orders in turn; what cannot be read is added as one that is refused, so that places stay the same. */
export function addCandidates(
  batch: CheckBatch,
  orders: readonly GateCandidate[],
  writer: OrderWriter,
): void {
  for (const order of orders) {
    try {
      const index = writer.indexOf(order.instrument);
      const instrument = writer.instrument(index);
      const ticks = (price: ExactInput) => whole(ticksOf(instrument, price));
      const { side, quantity, limitPrice, stopLoss, reduceOnly } = order;
      batch.add({
        instrument: index,
        side,
        lots: whole(lotsOf(instrument, quantity)),
        ...(limitPrice === undefined ? {} : { limitTicks: ticks(limitPrice) }),
        ...(stopLoss === undefined ? {} : { stopLossTicks: ticks(stopLoss) }),
        ...(reduceOnly === undefined ? {} : { reduceOnly }),
      });
    } catch {
      if (batch.length < batch.capacity) batch.add({ instrument: -1, side: 'buy', lots: 0 });
    }
  }
}

/** A number that a double holds; another one is none, and its order is refused. */
function whole(value: number | bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}
