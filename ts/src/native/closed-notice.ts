import { ORDER_ROLES, type OrderRole } from '../core/vocabulary.generated.js';

/** Bytes up to the fees in other currencies, and of each of those. */
const FIXED_BYTES = 128;
const OTHER_FEE_BYTES = 18;

/** A round trip that has ended; the time is that of the fill that closed it. Money as counts of 10⁻¹⁸. */
export interface ClosedNotice {
  readonly kind: 'closed';
  readonly tsNs: bigint;
  readonly instrument: number;
  readonly tradeId: number;
  /** The order that closed it, and that one's role. */
  readonly clientOrderId: number;
  readonly role: OrderRole;
  readonly openedBy: number;
  readonly openedNs: bigint;
  readonly side: 'long' | 'short';
  /** Most lots that were open at once. */
  readonly mostLots: bigint;
  /** Lots that were opened, and as many that were closed. */
  readonly lots: bigint;
  /** Sums of price × quantity, ticks × lots. */
  readonly entryTickLots: bigint;
  readonly exitTickLots: bigint;
  /** Net of fees. */
  readonly pnlRaw: bigint;
  readonly feesRaw: bigint;
  /** Fees in currencies in which the instrument does not settle, by their place in the account. */
  readonly otherFees: readonly { readonly currency: number; readonly feeRaw: bigint }[];
}

/** Reads the payload of `trade_closed` that begins at `at`. */
export function closedNotice(view: DataView, tsNs: bigint, at: number): ClosedNotice {
  const role = ORDER_ROLES[view.getUint8(at + 29)];
  if (role === undefined) throw new RangeError('native role is not in the vocabulary');
  return {
    kind: 'closed',
    tsNs,
    instrument: view.getUint32(at, true),
    tradeId: idAt(view, at + 4),
    clientOrderId: idAt(view, at + 12),
    openedBy: idAt(view, at + 20),
    side: view.getUint8(at + 28) === 0 ? 'long' : 'short',
    role,
    openedNs: view.getBigInt64(at + 30, true),
    mostLots: view.getBigInt64(at + 38, true),
    lots: wideAt(view, at + 46),
    entryTickLots: wideAt(view, at + 62),
    exitTickLots: wideAt(view, at + 78),
    pnlRaw: wideAt(view, at + 94),
    feesRaw: wideAt(view, at + 110),
    otherFees: Array.from({ length: view.getUint16(at + 126, true) }, (_, place) => {
      const other = at + FIXED_BYTES + place * OTHER_FEE_BYTES;
      return { currency: view.getUint16(other, true), feeRaw: wideAt(view, other + 2) };
    }),
  };
}

function idAt(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function wideAt(view: DataView, at: number): bigint {
  return (view.getBigInt64(at + 8, true) << 64n) | view.getBigUint64(at, true);
}
