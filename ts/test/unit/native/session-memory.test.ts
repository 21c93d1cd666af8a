import { describe, expect, it } from 'vitest';

import { loadMarketAddon } from '#ts/native/market-addon.js';
import { FAILED, SessionMemory } from '#ts/native/session-memory.js';
import { MARKET_BUY } from '../../support/native-fixture.js';

const COMMAND_BYTES = 128;
const POSITIONS_BYTES = 256;

describe('SessionMemory', () => {
  it('NAT-18: lies at a cache line, with a line for each instrument', () => {
    const memory = new SessionMemory(3);
    const addon = loadMarketAddon();
    expect(addon.alignmentOffset(memory.exchange, 64)).toBe(0);
    expect(addon.alignmentOffset(memory.notices, 64)).toBe(0);
    expect(memory.exchange.byteLength).toBe(POSITIONS_BYTES + 3 * 64);
    expect(memory.event.length).toBe(8);
    expect(memory.account.length).toBe(8);
  });

  it('writes a command at its offsets, and the word for none where a price is left out', () => {
    const memory = new SessionMemory(1);
    const view = new DataView(
      memory.exchange.buffer,
      memory.exchange.byteOffset + COMMAND_BYTES,
      64,
    );
    memory.writeCommand({
      ...MARKET_BUY,
      instrument: 7,
      side: 1,
      orderType: 2,
      timeInForce: 1,
      lots: -5n,
    });
    expect(view.getBigInt64(0, true)).toBe(7n);
    expect([8, 9, 10, 11].map((at) => view.getUint8(at))).toEqual([1, 2, 1, 0]);
    expect(view.getBigInt64(16, true)).toBe(-5n);
    for (const at of [24, 32, 40, 48]) expect(view.getBigInt64(at, true)).toBe(-(2n ** 63n));
    memory.writeCommand({
      ...MARKET_BUY,
      reduceOnly: true,
      limitTicks: 1n,
      triggerTicks: 2n,
      stopLossTicks: 3n,
      takeProfitTicks: 4n,
    });
    expect(view.getUint8(11)).toBe(1);
    expect([24, 32, 40, 48].map((at) => view.getBigInt64(at, true))).toEqual([1n, 2n, 3n, 4n]);
  });

  it('reads the views of each position, and of none beyond as flat', () => {
    const memory = new SessionMemory(2);
    const second = new DataView(
      memory.exchange.buffer,
      memory.exchange.byteOffset + POSITIONS_BYTES + 64,
      64,
    );
    second.setBigInt64(0, -9n, true);
    for (const [field, value] of [-0.9, 12.5, -11.25, 10].entries()) {
      second.setFloat64(8 + field * 8, value, true);
    }
    const read = (index: number) => [
      memory.positionLots(index),
      memory.positionQuantity(index),
      memory.markPrice(index),
      memory.positionValue(index),
      memory.openCost(index),
    ];
    expect(read(1)).toEqual([-9n, -0.9, 12.5, -11.25, 10]);
    expect(read(0)).toEqual([0n, 0, 0, 0, 0]);
    expect(read(5)).toEqual([0n, 0, 0, 0, 0]);
  });

  it('passes the index of an event in and its outcome out', () => {
    const memory = new SessionMemory(1);
    const view = new DataView(memory.exchange.buffer, memory.exchange.byteOffset);
    memory.eventIndex = 513;
    expect(view.getUint32(192, true)).toBe(513);
    view.setUint32(196, FAILED, true);
    expect(memory.outcome).toBe(FAILED);
    expect(memory.noticesWait).toBe(false);
    view.setUint32(200, 1, true);
    expect(memory.noticesWait).toBe(true);
  });
});
