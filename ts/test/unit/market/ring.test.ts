import { afterEach, describe, expect, it } from 'vitest';

import { CODES } from '#ts/core/codes.generated.js';
import { MARKET_EVENT_BYTES, MarketEventBuffer } from '#ts/market/market-event.js';
import { RING_BATCH_MAX, RING_CAPACITY_MAX, Ring } from '#ts/market/ring.js';
import { allocateAligned, loadMarketAddon } from '#ts/native/market-addon.js';

const open: Ring[] = [];

afterEach(() => {
  for (const ring of open.splice(0)) ring.close();
});

function createRing(capacity: number): Ring {
  const ring = Ring.create({ capacity });
  open.push(ring);
  return ring;
}

function attachRing(memory: SharedArrayBuffer): Ring {
  const ring = Ring.attach(memory);
  open.push(ring);
  return ring;
}

/** Stages trades whose ids count up from `firstId`. */
function stageTrades(ring: Ring, firstId: number, count: number): void {
  const events = new MarketEventBuffer(ring.records);
  for (let index = 0; index < count; index += 1) {
    events.writeTrade(index, {
      instrument: 1,
      tsEventNs: 1n,
      priceTicks: firstId + index,
      quantityLots: 1,
      tradeId: firstId + index,
      side: 'buy',
    });
  }
}

function drainedTrades(ring: Ring, max?: number): { sequence: number; tradeId: number }[] {
  const count = ring.drain(max);
  const events = new MarketEventBuffer(ring.records);
  return Array.from({ length: count }, (_, index) => ({
    sequence: Number(events.sequence(index)),
    tradeId: Number(events.readTrade(index).tradeId),
  }));
}

function coded(code: string): Error {
  return expect.objectContaining({ name: 'HoldfastError', code });
}

describe('publish and drain', () => {
  it('passes records in order and numbers them', () => {
    const producer = createRing(16);
    const consumer = attachRing(producer.memory);
    stageTrades(producer, 100, 3);
    expect(producer.publish(3)).toBe(3);
    expect(drainedTrades(consumer)).toEqual([
      { sequence: 0, tradeId: 100 },
      { sequence: 1, tradeId: 101 },
      { sequence: 2, tradeId: 102 },
    ]);
    expect(consumer.drain()).toBe(0);
  });

  it('ARC-06, ARC-08: a full ring takes what fits, counts the stall, and loses nothing', () => {
    const ring = createRing(4);
    stageTrades(ring, 0, 10);
    expect(ring.publish(10)).toBe(4);
    expect(ring.publish(6, 4)).toBe(0);
    expect(ring.stats()).toEqual({ published: 4n, drained: 0n, stalls: 2n, capacity: 4 });
    const producer = ring;
    const consumer = attachRing(ring.memory);
    const ids = drainedTrades(consumer, 3).map((trade) => trade.tradeId);
    expect(producer.publish(6, 4)).toBe(3);
    ids.push(...drainedTrades(consumer).map((trade) => trade.tradeId));
    expect(producer.publish(3, 7)).toBe(3);
    ids.push(...drainedTrades(consumer).map((trade) => trade.tradeId));
    expect(ids).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(producer.stats()).toEqual({ published: 10n, drained: 10n, stalls: 3n, capacity: 4 });
  });

  it('NAT-18: gives each side its own records, aligned to 64 bytes', () => {
    const producer = createRing(4);
    const consumer = attachRing(producer.memory);
    const addon = loadMarketAddon();
    for (const { records } of [producer, consumer]) {
      expect(records.byteLength).toBe(RING_BATCH_MAX * MARKET_EVENT_BYTES);
      expect(addon.alignmentOffset(records, 64)).toBe(0);
    }
    expect(producer.records.buffer).not.toBe(consumer.records.buffer);
  });

  it('refuses a second producer and a second consumer until the first closes', () => {
    const first = createRing(4);
    const second = attachRing(first.memory);
    stageTrades(first, 0, 1);
    stageTrades(second, 1, 1);
    expect(first.publish(1)).toBe(1);
    expect(() => second.publish(1)).toThrow(coded('RING_INVALID'));
    expect(second.drain(0)).toBe(0);
    expect(() => first.drain()).toThrow('ring must have one consumer');
    first.close();
    expect(second.publish(1)).toBe(1);
  });
});

describe('end of the stream', () => {
  it('closeWrite refuses publishes and lets the rest be drained', () => {
    const ring = createRing(4);
    stageTrades(ring, 0, 2);
    ring.publish(2);
    expect(ring.isClosedForWrite).toBe(false);
    ring.closeWrite();
    ring.closeWrite();
    expect(ring.isClosedForWrite).toBe(true);
    expect(() => ring.publish(1)).toThrow(coded('HANDLE_CLOSED'));
    expect(ring.drain()).toBe(2);
    expect(ring.waitForRecords(10_000)).toBe(false);
  });

  it('HANDLE_CLOSED: every use after close', () => {
    const ring = createRing(4);
    ring.close();
    ring.close();
    const uses: (() => unknown)[] = [
      () => ring.publish(1),
      () => ring.drain(),
      () => ring.peek(),
      () => ring.consume(0),
      () => ring.waitForSpace(0),
      () => ring.waitForRecords(0),
      () => ring.closeWrite(),
      () => ring.isClosedForWrite,
      () => ring.stats(),
    ];
    for (const use of uses) expect(use).toThrow(coded('HANDLE_CLOSED'));
    expect(attachRing(ring.memory).drain()).toBe(0);
  });
});

describe('peek and consume', () => {
  const ids = (ring: Ring, count: number) => {
    const events = new MarketEventBuffer(ring.slots);
    return Array.from({ length: count }, (_, index) =>
      Number(events.readTrade(ring.peekedSlot + index).tradeId),
    );
  };

  it('reads records where they stand, and keeps them until they are consumed', () => {
    const producer = createRing(4);
    const consumer = attachRing(producer.memory);
    expect(consumer.peek()).toBe(0);
    stageTrades(producer, 100, 3);
    producer.publish(3);
    expect(ids(consumer, consumer.peek(2))).toEqual([100, 101]);
    expect(ids(consumer, consumer.peek())).toEqual([100, 101, 102]);
    consumer.consume(2);
    expect(ids(consumer, consumer.peek())).toEqual([102]);
    expect(producer.stats().drained).toBe(2n);
    expect(() => consumer.consume(2)).toThrow(coded('ARGUMENT_INVALID'));
    consumer.consume(1);
    expect(consumer.peek()).toBe(0);
  });

  it("stops at the ring's end", () => {
    const ring = createRing(4);
    stageTrades(ring, 0, 4);
    ring.publish(3);
    ring.consume(3);
    ring.publish(4);
    expect([ring.peek(), ring.peekedSlot]).toEqual([1, 3]);
    ring.consume(1);
    expect([ring.peek(), ring.peekedSlot]).toEqual([3, 0]);
    expect(ids(ring, 3)).toEqual([1, 2, 3]);
  });

  it('refuses a second consumer', () => {
    const ring = createRing(4);
    ring.peek();
    const second = attachRing(ring.memory);
    expect(() => second.peek()).toThrow(coded('RING_INVALID'));
    expect(() => second.consume(0)).toThrow(coded('RING_INVALID'));
  });
});

describe('waiting', () => {
  it('returns at once when there is something to do, and false when the time is up', () => {
    const ring = createRing(1);
    expect(ring.waitForSpace(0)).toBe(true);
    expect(ring.waitForRecords(0)).toBe(false);
    expect(ring.waitForRecords(5)).toBe(false);
    stageTrades(ring, 0, 1);
    ring.publish(1);
    expect(ring.waitForRecords(Infinity)).toBe(true);
    expect(ring.waitForSpace(5)).toBe(false);
  });

  it('ARGUMENT_INVALID: a timeout that is no duration', () => {
    const ring = createRing(1);
    for (const timeoutMs of [Number.NaN, -1]) {
      expect(() => ring.waitForRecords(timeoutMs)).toThrow(coded('ARGUMENT_INVALID'));
      expect(() => ring.waitForSpace(timeoutMs)).toThrow(coded('ARGUMENT_INVALID'));
    }
  });
});

describe('arguments', () => {
  it.each([0, 3, 1000, RING_CAPACITY_MAX * 2, -4])('RING_INVALID: capacity %d', (capacity) => {
    expect(() => Ring.create({ capacity })).toThrow(coded('RING_INVALID'));
  });

  it.each([1.5, Number.NaN, '8', undefined])('ARGUMENT_INVALID: capacity %s', (capacity) => {
    expect(() => Ring.create({ capacity: capacity as number })).toThrow(coded('ARGUMENT_INVALID'));
  });

  it('ARC-06: takes the smallest and the largest capacity', () => {
    expect(createRing(1).stats().capacity).toBe(1);
    expect(createRing(RING_CAPACITY_MAX).stats().capacity).toBe(RING_CAPACITY_MAX);
  });

  it('names the value that broke the rule', () => {
    expect(() => Ring.create({ capacity: 12 })).toThrow('must be a power of two, was 12');
    const ring = createRing(4);
    expect(() => ring.publish(1, RING_BATCH_MAX)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT_INVALID',
        message: 'from must be an integer from 0 to 1023, was 1024',
        context: { argument: 'from', was: RING_BATCH_MAX },
      }),
    );
  });

  it.each([-1, 0.5, RING_BATCH_MAX + 1, Number.NaN, Infinity])(
    'ARGUMENT_INVALID: a count of %d',
    (count) => {
      const ring = createRing(4);
      expect(() => ring.publish(count)).toThrow(coded('ARGUMENT_INVALID'));
      expect(() => ring.publish(0, count)).toThrow(coded('ARGUMENT_INVALID'));
      expect(() => ring.drain(count)).toThrow(coded('ARGUMENT_INVALID'));
      expect(() => ring.consume(count)).toThrow(coded('ARGUMENT_INVALID'));
    },
  );

  it('refuses memory that holds no ring', () => {
    const plain = new ArrayBuffer(1024) as unknown as SharedArrayBuffer;
    expect(() => Ring.attach(plain)).toThrow(coded('ARGUMENT_INVALID'));
    expect(() => Ring.attach(new SharedArrayBuffer(0))).toThrow(coded('RING_INVALID'));
    expect(() => Ring.attach(new SharedArrayBuffer(4096))).toThrow(coded('RING_INVALID'));
  });

  it('refuses a ring whose memory was overwritten, before and after attach', () => {
    const ring = createRing(4);
    stageTrades(ring, 0, 4);
    ring.publish(4);
    new Uint8Array(ring.memory).fill(0xff);
    expect(() => Ring.attach(ring.memory)).toThrow(coded('RING_INVALID'));
    expect(() => ring.drain()).toThrow(coded('RING_INVALID'));
  });
});

describe('the addon', () => {
  it('agrees with the constants and the table of codes', () => {
    const { ring, codes } = loadMarketAddon().layout();
    expect(ring.capacityMax).toBe(RING_CAPACITY_MAX);
    expect(ring.batchMax).toBe(RING_BATCH_MAX);
    const table: Record<string, { number: number }> = CODES;
    for (const [code, number] of Object.entries(codes)) expect(table[code]?.number).toBe(number);
  });

  it('checks every argument again, and needs no receiver', () => {
    const addon = loadMarketAddon();
    const shared = new Uint8Array(new SharedArrayBuffer(4096));
    const wrong: (() => unknown)[] = [
      () => addon.openRing(new Uint8Array(4096), shared),
      () => addon.openRing(shared, new Uint8Array(4096)),
      () => addon.openRing(shared, shared.subarray(0, 63)),
      () => addon.openRing(new DataView(shared.buffer) as never, shared),
      () => addon.openRing(undefined as never, undefined as never),
      () => addon.alignmentOffset(shared, 3),
      () => addon.alignmentOffset(shared, 8192),
      () => addon.alignmentOffset({} as never, 64),
      () => addon.ringBytes('8' as never),
      () => addon.initializeRing(new Uint8Array(4096), 8),
    ];
    for (const call of wrong) {
      expect(call).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    }
    const ring = createRing(4);
    const staging = allocateAligned(addon, 3 * 64);
    const transfer = new Uint32Array(staging.buffer, staging.byteOffset + 2 * 64, 3);
    const side = addon.openRing(new Uint8Array(ring.memory), staging);
    const { publish, drain } = side;
    const move = (call: () => void, count: number, from: number) => () => {
      transfer.set([count, from, 0]);
      call.call({});
      return transfer[2];
    };
    expect(move(publish, 1, 1)()).toBe(1);
    expect(move(drain, 2, 0)()).toBe(1);
    for (const call of [move(publish, 1, 2), move(publish, 3, 0), move(drain, 3, 0)]) {
      expect(call).toThrow(expect.objectContaining({ code: 'ARGUMENT_INVALID' }));
    }
    side.close();
    for (const call of [publish, drain]) {
      expect(call).toThrow(expect.objectContaining({ code: 'HANDLE_CLOSED' }));
    }
  });
});
