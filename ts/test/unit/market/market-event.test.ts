import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  type BarInput,
  MARKET_EVENT_BYTES,
  MARKET_EVENT_FLAGS,
  MARKET_EVENT_KINDS,
  MARKET_EVENT_OFFSETS,
  MarketEventBuffer,
  type QuoteInput,
  type TradeInput,
} from '#ts/market/market-event.js';
import { loadMarketAddon } from '#ts/native/market-addon.js';

const CAPACITY = 8;

function emptyBuffer(): { events: MarketEventBuffer; view: DataView } {
  const bytes = new Uint8Array(CAPACITY * MARKET_EVENT_BYTES);
  return { events: new MarketEventBuffer(bytes), view: new DataView(bytes.buffer) };
}

const TRADE: TradeInput = {
  instrument: 7,
  stream: 3,
  tsEventNs: 1_700_000_000_000_000_001n,
  tsRecvNs: 1_700_000_000_000_000_002n,
  priceTicks: -5,
  quantityLots: 12,
  tradeId: 99,
  side: 'sell',
};

const QUOTE: QuoteInput = {
  instrument: 7,
  tsEventNs: 10n,
  bidTicks: 100,
  bidLots: 5,
  askTicks: 101,
  askLots: 6,
};

const BAR: BarInput = {
  instrument: 4_000_000_000,
  tsOpenNs: 0n,
  tsCloseNs: 86_399_999_999_999n,
  openTicks: 10,
  highTicks: 15,
  lowTicks: 8,
  closeTicks: 12,
  volumeLots: 1000,
};

describe('layout', () => {
  it('is the layout of the C++ struct', () => {
    const layout = loadMarketAddon().layout();
    expect(MARKET_EVENT_BYTES).toBe(layout.eventBytes);
    expect(MARKET_EVENT_OFFSETS).toEqual(layout.eventOffsets);
    expect(MARKET_EVENT_KINDS).toEqual(layout.eventKinds);
    expect(MARKET_EVENT_FLAGS).toEqual(layout.eventFlags);
  });

  it('puts every field of a trade at its offset, little endian', () => {
    const { events, view } = emptyBuffer();
    events.writeTrade(1, TRADE);
    expect(view.getBigInt64(64, true)).toBe(TRADE.tsEventNs);
    expect(view.getBigInt64(72, true)).toBe(TRADE.tsRecvNs);
    expect(view.getBigUint64(80, true)).toBe(0n);
    expect(view.getBigInt64(88, true)).toBe(-5n);
    expect(view.getBigInt64(96, true)).toBe(12n);
    expect(view.getBigInt64(104, true)).toBe(99n);
    expect(view.getBigInt64(112, true)).toBe(0n);
    expect(view.getUint32(120, true)).toBe(7);
    expect(view.getUint8(124)).toBe(MARKET_EVENT_KINDS.trade);
    expect(view.getUint8(125)).toBe(MARKET_EVENT_FLAGS.sell);
    expect(view.getUint16(126, true)).toBe(3);
  });

  it('puts a bar into two consecutive records', () => {
    const { events, view } = emptyBuffer();
    events.writeBar(0, BAR);
    const first = [0, 24, 32, 40, 48].map((at) => view.getBigInt64(at, true));
    const second = [64, 88, 96, 104, 112].map((at) => view.getBigInt64(at, true));
    expect(first).toEqual([0n, 10n, 1000n, 15n, 8n]);
    expect(second).toEqual([86_399_999_999_999n, 12n, 1000n, 0n, 0n]);
    expect([view.getUint8(60), view.getUint8(61)]).toEqual([MARKET_EVENT_KINDS.bar, 0]);
    expect([view.getUint8(124), view.getUint8(125)]).toEqual([
      MARKET_EVENT_KINDS.bar,
      MARKET_EVENT_FLAGS.lastOfBatch,
    ]);
    expect(view.getUint32(120, true)).toBe(BAR.instrument);
  });
});

describe('reading', () => {
  it('gives back what was written', () => {
    const { events } = emptyBuffer();
    events.writeTrade(0, TRADE);
    events.writeQuote(1, QUOTE);
    events.writeBar(2, BAR);
    expect(events.readTrade(0)).toEqual({
      ...TRADE,
      priceTicks: -5n,
      quantityLots: 12n,
      tradeId: 99n,
    });
    expect(events.readQuote(1)).toEqual({
      instrument: 7,
      stream: 0,
      tsEventNs: 10n,
      tsRecvNs: 10n,
      bidTicks: 100n,
      bidLots: 5n,
      askTicks: 101n,
      askLots: 6n,
    });
    expect(events.readBar(2)).toMatchObject({
      openTicks: 10n,
      closeTicks: 12n,
      tsRecvNs: BAR.tsCloseNs,
    });
    expect([0, 1, 2, 3].map((index) => events.kind(index))).toEqual([
      'trade',
      'quote',
      'bar',
      'bar',
    ]);
    expect(events.flags(0)).toBe(MARKET_EVENT_FLAGS.sell);
    expect(events.sequence(0)).toBe(0n);
  });

  it('gives back every 64-bit integer, as a bigint or a safe number', () => {
    const { events } = emptyBuffer();
    const int64 = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.maxSafeInteger(),
      fc.constantFrom(0, -0, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MIN_SAFE_INTEGER),
    );
    fc.assert(
      fc.property(int64, int64, fc.nat({ max: CAPACITY - 1 }), (priceTicks, tradeId, index) => {
        events.writeTrade(index, { ...TRADE, priceTicks, tradeId });
        const read = events.readTrade(index);
        expect(read.priceTicks).toBe(BigInt(priceTicks));
        expect(read.tradeId).toBe(BigInt(tradeId));
      }),
    );
  });

  it('refuses records that are no event, another event, or half of a bar', () => {
    const { events, view } = emptyBuffer();
    expect(() => events.kind(0)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
    view.setUint8(60, 7);
    expect(() => events.kind(0)).toThrow('kind must be the number of a kind, was 7');
    events.writeQuote(0, QUOTE);
    expect(() => events.readTrade(0)).toThrow('kind must be trade, was quote');
    events.writeBar(1, BAR);
    events.writeBar(3, BAR);
    expect(() => events.readBar(2)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
    expect(() => events.readBar(0)).toThrow('kind must be bar, was quote');
    expect(events.readBar(3).openTicks).toBe(10n);
  });
});

type Write = (events: MarketEventBuffer) => void;

const REFUSED_WRITES: readonly (readonly [name: string, field: string, write: Write])[] = [
  [
    'fractional price',
    'priceTicks',
    (events) => events.writeTrade(0, { ...TRADE, priceTicks: 1.5 }),
  ],
  [
    'unsafe number',
    'tsEventNs',
    (events) => events.writeTrade(0, { ...TRADE, tsEventNs: 2 ** 60 }),
  ],
  [
    '65-bit price',
    'priceTicks',
    (events) => events.writeTrade(0, { ...TRADE, priceTicks: 2n ** 63n }),
  ],
  [
    'negative quantity',
    'quantityLots',
    (events) => events.writeTrade(0, { ...TRADE, quantityLots: -1 }),
  ],
  ['unknown side', 'side', (events) => events.writeTrade(0, { ...TRADE, side: 'long' as 'buy' })],
  [
    'large instrument',
    'instrument',
    (events) => events.writeQuote(0, { ...QUOTE, instrument: 2 ** 32 }),
  ],
  ['negative stream', 'stream', (events) => events.writeQuote(0, { ...QUOTE, stream: -1 })],
  ['ask of NaN', 'askTicks', (events) => events.writeQuote(0, { ...QUOTE, askTicks: Number.NaN })],
  ['high below close', 'highTicks', (events) => events.writeBar(0, { ...BAR, highTicks: 11 })],
  ['low above open', 'lowTicks', (events) => events.writeBar(0, { ...BAR, lowTicks: 11 })],
  ['close before open', 'tsCloseNs', (events) => events.writeBar(0, { ...BAR, tsCloseNs: 0 })],
];

describe('validation', () => {
  it.each(REFUSED_WRITES)('EVENT_INVALID: %s', (_name, field, write) => {
    expect(() => write(emptyBuffer().events)).toThrow(
      expect.objectContaining({
        code: 'EVENT_INVALID',
        message: expect.stringContaining(field),
        context: expect.objectContaining({ field }),
      }),
    );
  });

  it('leaves no event behind when a write fails', () => {
    const { events } = emptyBuffer();
    events.writeTrade(0, TRADE);
    expect(() => events.writeTrade(0, { ...TRADE, instrument: -1 })).toThrow('instrument must be');
    expect(() => events.kind(0)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
  });

  it('ARGUMENT_INVALID: an index outside the buffer, also for the second record of a bar', () => {
    const { events } = emptyBuffer();
    const refused = expect.objectContaining({ code: 'ARGUMENT_INVALID' });
    expect(() => events.writeTrade(CAPACITY, TRADE)).toThrow(refused);
    expect(() => events.writeQuote(-1, QUOTE)).toThrow(refused);
    expect(() => events.writeBar(CAPACITY - 1, BAR)).toThrow(refused);
    expect(() => events.readBar(CAPACITY - 1)).toThrow(refused);
    expect(() => events.kind(0.5)).toThrow(refused);
  });

  it('ARGUMENT_INVALID: a buffer that holds no whole records', () => {
    const refused = expect.objectContaining({ code: 'ARGUMENT_INVALID' });
    expect(() => new MarketEventBuffer(new Uint8Array(100))).toThrow(refused);
    expect(() => new MarketEventBuffer(new Uint8Array(new ArrayBuffer(72), 4, 64))).toThrow(
      refused,
    );
  });
});
