import { describe, expect, it } from 'vitest';

import { EngineMemory } from '#ts/native/engine-memory.js';
import { GateMemory, ORDER_FIELDS } from '#ts/native/gate-memory.js';
import { MarketEventBuffer } from '#ts/market/market-event.js';

describe('the memory of a gate', () => {
  it('writes a quote as the market does', () => {
    const memory = new EngineMemory(1);
    new GateMemory(memory).writeQuote(7, 123n, [10n, 2n, 11n, 3n]);
    const written = Buffer.from(memory.market.subarray(0, 64)).toString('hex');
    new MarketEventBuffer(memory.market).writeQuote(0, {
      instrument: 7,
      tsEventNs: 123n,
      bidTicks: 10n,
      bidLots: 2n,
      askTicks: 11n,
      askLots: 3n,
    });
    expect(written).toBe(Buffer.from(memory.market.subarray(0, 64)).toString('hex'));
  });

  it('writes microseconds as nanoseconds, to the last one', () => {
    const memory = new EngineMemory(1);
    const gate = new GateMemory(memory);
    const words = new BigInt64Array(memory.exchange.buffer, memory.exchange.byteOffset, 64);
    for (const us of [
      0,
      1,
      4_294_967,
      4_294_968,
      1_763_754_000_123_457,
      Number.MAX_SAFE_INTEGER / 1_024,
    ]) {
      gate.setCallTimeUs(Math.floor(us));
      expect(words[8]).toBe(BigInt(Math.floor(us)) * 1_000n);
    }
  });

  it('writes numbers and bigints alike, and knows none', () => {
    const memory = new EngineMemory(1);
    const gate = new GateMemory(memory);
    const words = new BigInt64Array(memory.exchange.buffer, memory.exchange.byteOffset, 64);
    for (const value of [0, 1, -1, 2 ** 32 - 1, 2 ** 32, -(2 ** 40) - 7, Number.MAX_SAFE_INTEGER]) {
      gate.set(ORDER_FIELDS.lots, value);
      expect(words[34]).toBe(BigInt(value));
      gate.set(ORDER_FIELDS.lots, BigInt(value));
      expect(words[34]).toBe(BigInt(value));
    }
    gate.setNone(ORDER_FIELDS.limit);
    expect(words[35]).toBe(-(2n ** 63n));
    expect([gate.hasNear, gate.hasTripped, gate.near, gate.tripped]).toEqual([
      false,
      false,
      0n,
      0n,
    ]);
  });
});
