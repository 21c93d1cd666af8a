import { describe, expect, it } from 'vitest';

import { COMMAND_BYTES, COMMANDS_MAX } from '#ts/native/command-memory.js';
import { loadMarketAddon } from '#ts/native/market-addon.js';
import { FAILED, SessionMemory } from '#ts/native/session-memory.js';

const POSITIONS_BYTES = 256;

describe('SessionMemory', () => {
  it('NAT-18: lies at a cache line, with a line for each instrument', () => {
    const memory = new SessionMemory(3);
    const addon = loadMarketAddon();
    expect(addon.alignmentOffset(memory.exchange, 64)).toBe(0);
    expect(addon.alignmentOffset(memory.notices, 64)).toBe(0);
    expect(memory.exchange.byteLength).toBe(
      POSITIONS_BYTES + 3 * 64 + COMMANDS_MAX * COMMAND_BYTES,
    );
    expect(memory.event.length).toBe(8);
    expect(memory.account.length).toBe(8);
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
