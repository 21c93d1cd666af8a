import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RECORD_KINDS, type RecordKind } from '#ts/core/vocabulary.generated.js';
import { type Notice, NoticeReader } from '#ts/native/notice-reader.js';

const HEADER = 16;

/** Bytes of notices as native code leaves them: length, kind, time, payload. */
class NoticeBytes {
  readonly bytes = new Uint8Array(4_096);
  readonly view = new DataView(this.bytes.buffer);
  length = 0;

  /** Adds a notice and returns where its payload starts. */
  add(kind: RecordKind | number, payloadBytes: number, tsNs = 5n): number {
    const at = this.length;
    this.view.setUint32(at, payloadBytes, true);
    this.view.setUint8(at + 4, typeof kind === 'number' ? kind : RECORD_KINDS[kind]);
    this.view.setBigInt64(at + 8, tsNs, true);
    this.length = at + HEADER + payloadBytes;
    return at + HEADER;
  }

  i128(at: number, value: bigint): void {
    this.view.setBigUint64(at, BigInt.asUintN(64, value), true);
    this.view.setBigInt64(at + 8, value >> 64n, true);
  }

  read(wantsEveryStep = true): readonly Notice[] {
    const reader = new NoticeReader(this.bytes);
    reader.wantsEveryStep = wantsEveryStep;
    const notices: Notice[] = [];
    reader.read(this.length, notices);
    return notices;
  }
}

function order(bytes: NoticeBytes, status: number): number {
  const at = bytes.add('order_changed', 108);
  bytes.view.setBigUint64(at, 9n, true);
  bytes.view.setBigUint64(at + 8, 4n, true);
  bytes.view.setUint32(at + 16, 2, true);
  bytes.view.setUint8(at + 20, status);
  bytes.view.setUint8(at + 23, 1);
  for (const [offset, word] of [1, 2, 1, 2].entries()) bytes.view.setUint8(at + 24 + offset, word);
  bytes.view.setBigInt64(at + 28, 10n, true);
  bytes.view.setBigInt64(at + 36, 3n, true);
  bytes.i128(at + 44, 2n ** 90n);
  bytes.i128(at + 60, -7n);
  for (const [index, ticks] of [11n, 12n, 13n, 14n].entries())
    bytes.view.setBigInt64(at + 76 + index * 8, ticks, true);
  return at;
}

describe('NoticeReader', () => {
  it('reads an order', () => {
    const bytes = new NoticeBytes();
    order(bytes, 5);
    expect(bytes.read()).toEqual([
      {
        kind: 'order',
        tsNs: 5n,
        clientOrderId: 9,
        parent: 4,
        instrument: 2,
        status: 'partially_filled',
        alarm: true,
        side: 'sell',
        orderType: 'stop_market',
        role: 'stop_loss',
        timeInForce: 'day',
        lots: 10n,
        cumLots: 3n,
        filledTickLots: 2n ** 90n,
        feesRaw: -7n,
        limitTicks: 11n,
        triggerTicks: 12n,
        stopLossTicks: 13n,
        takeProfitTicks: 14n,
      },
    ]);
  });

  it('reads a fill, a position, a verdict and a day, one after the other', () => {
    const bytes = new NoticeBytes();
    const fill = bytes.add('venue_report', 74, 1n);
    bytes.view.setBigUint64(fill, 3n, true);
    bytes.view.setUint8(fill + 9, 1);
    for (const [offset, value] of [
      [18, 8n],
      [26, 100n],
      [34, 2n],
    ] as const) {
      bytes.view.setBigInt64(fill + offset, value, true);
    }
    bytes.i128(fill + 42, -4n);
    bytes.i128(fill + 58, 5n);
    const position = bytes.add('position_changed', 84, 2n);
    bytes.view.setUint32(position, 1, true);
    bytes.view.setBigUint64(position + 4, 3n, true);
    bytes.view.setBigInt64(position + 12, -2n, true);
    for (const [index, value] of [6n, -7n, 8n, -(2n ** 100n)].entries())
      bytes.i128(position + 20 + index * 16, value);
    const verdict = bytes.add('verdict', 10 + 3 * 43 + 16, 3n);
    bytes.view.setBigInt64(verdict + 10 + 3 * 43, 41n, true);
    bytes.view.setBigUint64(verdict + 18 + 3 * 43, 2n ** 64n - 1n, true);
    bytes.view.setBigUint64(verdict, 3n, true);
    bytes.view.setUint8(verdict + 8, 1);
    bytes.view.setUint8(verdict + 9, 3);
    for (const [index, [control, passed, limited]] of (
      [
        [0, 1, 1],
        [6, 0, 0],
        [10, 0, 1],
      ] as const
    ).entries()) {
      const at = verdict + 10 + index * 43;
      for (const [offset, byte] of [control, passed, limited].entries())
        bytes.view.setUint8(at + offset, byte);
      bytes.i128(at + 3, 20_000n);
      bytes.i128(at + 19, -30_000n);
      bytes.view.setBigInt64(at + 35, 77n, true);
    }
    const day = bytes.add('day_closed', 136, 4n);
    bytes.view.setBigInt64(day, 99n, true);
    for (let index = 0; index < 7; index += 1) bytes.i128(day + 8 + index * 16, BigInt(-index));
    bytes.view.setBigInt64(day + 120, 123n, true);
    expect(bytes.read()).toEqual([
      {
        kind: 'fill',
        tsNs: 1n,
        clientOrderId: 3,
        tradeId: 8n,
        lastTicks: 100n,
        lastLots: 2n,
        liquiditySide: 'taker',
        feeRaw: -4n,
        slippageRaw: 5n,
        feeCurrency: 0,
      },
      {
        kind: 'position',
        tsNs: 2n,
        instrument: 1,
        clientOrderId: 3,
        lots: -2n,
        openCostRaw: 6n,
        realizedByFillRaw: -7n,
        realizedRaw: 8n,
        cashRaw: -(2n ** 100n),
      },
      {
        kind: 'verdict',
        tsNs: 3n,
        clientOrderId: 3,
        reducing: true,
        failed: [
          { code: 'NOTIONAL_BELOW_MIN', limit: null, observed: -30_000n, ageNs: 77n },
          { code: 'POSITION_LIMIT_EXCEEDED', limit: 20_000n, observed: -30_000n, ageNs: 77n },
        ],
        suggestedLots: 41n,
        limitsMark: 2n ** 64n - 1n,
      },
      {
        kind: 'day',
        tsNs: 4n,
        tsLastBarNs: 99n,
        equityRaw: 0n,
        cashRaw: -1n,
        positionValueRaw: -2n,
        grossExposureRaw: -3n,
        realizedRaw: -4n,
        unrealizedRaw: -5n,
        feesRaw: -6n,
        benchmarkTicks: 123n,
      },
    ]);
  });

  it('NAT-10: reads every 128-bit amount exactly', () => {
    const raw = fc.oneof(
      fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }),
      fc.constantFrom(-1n, 0n, 2n ** 64n, -(2n ** 64n), 2n ** 63n, -(2n ** 63n)),
    );
    fc.assert(
      fc.property(raw, (value) => {
        const bytes = new NoticeBytes();
        bytes.i128(bytes.add('position_changed', 84) + 68, value);
        expect(bytes.read()).toMatchObject([{ cashRaw: value }]);
      }),
    );
  });

  it('passes over kinds that no strategy hears of', () => {
    const bytes = new NoticeBytes();
    bytes.add('bar', 60);
    bytes.add(200, 3);
    order(bytes, 1);
    bytes.add('session_closed', 32);
    expect(bytes.read().map((notice) => notice.kind)).toEqual(['order']);
    expect(new NoticeBytes().read()).toEqual([]);
  });

  it('leaves the steps between submission and fill out when nobody wants them', () => {
    const bytes = new NoticeBytes();
    for (const status of [1, 2, 3, 4, 5, 6, 7, 8, 9]) order(bytes, status);
    const statuses = bytes
      .read(false)
      .map((notice) => (notice.kind === 'order' ? notice.status : ''));
    expect(statuses).toEqual([
      'denied',
      'submitted',
      'partially_filled',
      'filled',
      'canceled',
      'rejected',
      'expired',
    ]);
    expect(bytes.read(true)).toHaveLength(9);
  });

  it('copies values out: the next call writes over the bytes', () => {
    const bytes = new NoticeBytes();
    order(bytes, 5);
    const [first] = bytes.read();
    bytes.bytes.fill(0);
    expect(first).toMatchObject({ clientOrderId: 9, lots: 10n, filledTickLots: 2n ** 90n });
  });

  it('refuses a word that its vocabulary does not have: two builds were mixed', () => {
    const bytes = new NoticeBytes();
    order(bytes, 99);
    expect(() => bytes.read()).toThrow(RangeError);
  });
});
