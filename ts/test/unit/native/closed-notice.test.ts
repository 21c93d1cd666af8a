import { describe, expect, it } from 'vitest';

import { closedNotice } from '#ts/native/closed-notice.js';

/** Bytes before the payload, so that an offset that is not counted from it shows. */
const AT = 5;

function payload(otherFees: readonly (readonly [number, bigint])[]): DataView {
  const view = new DataView(new ArrayBuffer(AT + 128 + otherFees.length * 18));
  const wide = (at: number, value: bigint) => {
    view.setBigUint64(AT + at, BigInt.asUintN(64, value), true);
    view.setBigInt64(AT + at + 8, value >> 64n, true);
  };
  view.setUint32(AT, 7, true);
  for (const [place, id] of [2 ** 32 + 3, 2 ** 32 + 4, 2 ** 32 + 5].entries())
    view.setBigUint64(AT + 4 + place * 8, BigInt(id), true);
  view.setUint8(AT + 28, 1);
  view.setUint8(AT + 29, 2);
  view.setBigInt64(AT + 30, 11n, true);
  view.setBigInt64(AT + 38, 12n, true);
  const sums = [2n ** 70n, 14n, 2n ** 90n, -(2n ** 100n), -17n];
  for (const [place, value] of sums.entries()) wide(46 + place * 16, value);
  view.setUint16(AT + 126, otherFees.length, true);
  for (const [place, [currency, fee]] of otherFees.entries()) {
    view.setUint16(AT + 128 + place * 18, currency, true);
    wide(130 + place * 18, fee);
  }
  return view;
}

describe('closedNotice', () => {
  it('ORD-15: reads a trade that has closed, with every sum exact', () => {
    const others = [
      [3, -(2n ** 65n)],
      [1, 9n],
    ] as const;
    expect(closedNotice(payload(others), 99n, AT)).toEqual({
      kind: 'closed',
      tsNs: 99n,
      instrument: 7,
      tradeId: 2 ** 32 + 3,
      clientOrderId: 2 ** 32 + 4,
      openedBy: 2 ** 32 + 5,
      side: 'short',
      role: 'take_profit',
      openedNs: 11n,
      mostLots: 12n,
      lots: 2n ** 70n,
      entryTickLots: 14n,
      exitTickLots: 2n ** 90n,
      pnlRaw: -(2n ** 100n),
      feesRaw: -17n,
      otherFees: [
        { currency: 3, feeRaw: -(2n ** 65n) },
        { currency: 1, feeRaw: 9n },
      ],
    });
    expect(closedNotice(payload([]), 0n, AT).otherFees).toEqual([]);
  });

  it('refuses a role that the vocabulary does not have: two builds were mixed', () => {
    const view = payload([]);
    view.setUint8(AT + 29, 200);
    expect(() => closedNotice(view, 0n, AT)).toThrow(RangeError);
  });
});
