import type { Instrument } from './instrument.js';
import { instrumentAt } from './instrument-at.js';
import { formatDecimal } from './decimal.js';
import type { OrderRole, OrderType, Side, TimeInForce } from './vocabulary.generated.js';
import type { BatchRequest, RequestKind } from '../native/request-batch.js';

/**
 * What is to be sent to the venue, in exact text. A `cancel` and a `query` name the order as it stands; a `replace` names
 * quantity and prices as they are to be.
 */
export interface VenueRequest {
  readonly kind: RequestKind;
  readonly clientOrderId: number;
  /** The id as the venue is to see it. A retry must carry the same. */
  readonly clientOrderIdText: string;
  /** The venue's own id of an order that was adopted from it, which knows none of ours; otherwise null. */
  readonly venueOrderId: string | null;
  readonly parentOrderId: number | null;
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly role: OrderRole;
  readonly reduceOnly: boolean;
  readonly postOnly: boolean;
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly triggerPrice: string | null;
  /** Distance of a trailing stop as a price, or as a share of it. */
  readonly trailingPrice: string | null;
  readonly trailingFrac: string | null;
  readonly displayQuantity: string | null;
  /** End of a `gtd` order, milliseconds since 1970. */
  readonly expiresAtMs: number | null;
  /**
   * Of a `replace`: its number among the amendments of the order, for an id of its own at a venue that wants one, and the
   * number of the amendment whose form it changes, 0 for the order as it was placed; null in other requests.
   */
  readonly amendment: number | null;
  readonly follows: number | null;
}

/** Decimals of a fraction in native code: millionths. */
const FRACTION_SCALE = 6;
const NS_PER_MS = 1_000_000n;

/** Makes a request that can be kept of a record that is written over. */
export function venueRequest(
  request: BatchRequest,
  instruments: readonly Instrument[],
): Omit<VenueRequest, 'venueOrderId'> {
  const instrument = instrumentAt(instruments, request.instrument);
  const price = (ticks: bigint | null) =>
    ticks === null ? null : instrument.priceOfTicks(ticks).toString();
  const quantity = (lots: bigint) => instrument.quantityOfLots(lots).toString();
  const { trailingMillionths, displayLots, expiresNs } = request;
  const isReplace = request.kind === 'replace';
  return {
    kind: request.kind,
    clientOrderId: request.clientOrderId,
    clientOrderIdText: request.clientOrderIdText,
    parentOrderId: request.parent === 0 ? null : request.parent,
    instrument,
    symbol: instrument.symbol,
    side: request.side,
    orderType: request.orderType,
    timeInForce: request.timeInForce,
    role: request.role,
    reduceOnly: request.reduceOnly,
    postOnly: request.postOnly,
    quantity: quantity(request.lots),
    limitPrice: price(request.limitTicks),
    triggerPrice: price(request.triggerTicks),
    trailingPrice: price(request.trailingTicks),
    trailingFrac:
      trailingMillionths === null ? null : formatDecimal(trailingMillionths, FRACTION_SCALE),
    displayQuantity: displayLots === null ? null : quantity(displayLots),
    expiresAtMs: expiresNs === null ? null : Number(expiresNs / NS_PER_MS),
    amendment: isReplace ? request.amendment : null,
    follows: isReplace ? request.follows : null,
  };
}

/** Ids of the last epoch are given to orders of others; native/rust/engine/src/reconciliation.rs gives them. */
const EXTERNAL_IDS_FROM = 2 ** 32 * (2 ** 21 - 1);

/** Whether the venue knows an order by its own id only. */
export function isExternal(clientOrderId: number): boolean {
  return clientOrderId >= EXTERNAL_IDS_FROM;
}
