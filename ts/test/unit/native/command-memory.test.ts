import { describe, expect, it } from 'vitest';

import { COMMAND_BYTES, COMMANDS_MAX, CommandMemory } from '#ts/native/command-memory.js';
import { MARKET_BUY, NativeFixture } from '../../support/native-fixture.js';

const OFFSET = 64;
const NONE = -(2n ** 63n);

function memory(): { commands: CommandMemory; view: DataView } {
  const bytes = new Uint8Array(OFFSET + 2 * COMMAND_BYTES);
  return { commands: new CommandMemory(bytes, OFFSET), view: new DataView(bytes.buffer, OFFSET) };
}

describe('CommandMemory', () => {
  it('writes a command at its offsets, and the word for none where a price is left out', () => {
    const { commands, view } = memory();
    commands.write({
      ...MARKET_BUY,
      instrument: 7,
      side: 1,
      orderType: 2,
      timeInForce: 1,
      lots: -5n,
    });
    expect(view.getBigInt64(0, true)).toBe(7n);
    expect([8, 9, 10, 11, 12].map((at) => view.getUint8(at))).toEqual([1, 2, 1, 0, 0]);
    expect(view.getBigInt64(16, true)).toBe(-5n);
    for (const at of [24, 32, 40, 48]) expect(view.getBigInt64(at, true)).toBe(NONE);
    commands.write({
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

  it('ORD-06: writes terms behind their flags, and the orders of a list one behind the other', () => {
    const { commands, view } = memory();
    const terms = {
      postOnly: true,
      trailingTicks: undefined,
      trailingMillionths: 20_000n,
      displayLots: 3n,
      expiresNs: 9n,
      causeNs: undefined,
    };
    commands.writeList(2, [MARKET_BUY, { ...MARKET_BUY, terms }]);
    const at = COMMAND_BYTES;
    expect(view.getUint8(at + 12)).toBe(1 | 4 | 8 | 16);
    expect([56, 64, 72].map((word) => view.getBigInt64(at + word, true))).toEqual([
      20_000n,
      3n,
      9n,
    ]);
    expect([12, 13, 14].map((byte) => view.getUint8(byte))).toEqual([0, 2, 2]);
    commands.writeList(0, [MARKET_BUY, MARKET_BUY]);
    expect(view.getUint8(at + 12)).toBe(0);
    commands.write(MARKET_BUY);
    expect(view.getUint8(14)).toBe(0);
  });

  it('ORD-02: writes an amendment at the offsets of an order, and the word for none where something stays', () => {
    const { commands, view } = memory();
    commands.writeAmendment({ lots: 5n, limitTicks: undefined, triggerTicks: 7n });
    expect([16, 24, 32].map((at) => view.getBigInt64(at, true))).toEqual([5n, NONE, 7n]);
    commands.writeAmendment({ lots: undefined, limitTicks: 6n, triggerTicks: undefined });
    expect([16, 24, 32].map((at) => view.getBigInt64(at, true))).toEqual([NONE, 6n, NONE]);
  });

  it('ORD-06: is read by native code as it was written', () => {
    const fixture = new NativeFixture();
    fixture.bar(10_000);
    const terms = {
      postOnly: false,
      trailingTicks: 25n,
      trailingMillionths: undefined,
      displayLots: undefined,
      expiresNs: undefined,
      causeNs: undefined,
    };
    fixture.submit({ orderType: 6, terms });
    fixture.bar(10_024);
    expect(fixture.session.snapshot().fills).toBe(0);
    fixture.bar(10_025);
    expect(fixture.session.snapshot().fills).toBe(1);
    expect(() => fixture.submit({ orderType: 6 })).toThrow('trailing distance must be set');
    expect(() => fixture.submit({ terms })).toThrow('trailing distance must be set');
    fixture.session.dispose();
  });

  it('ORD-13: a list that is too long for the area is refused by its length', () => {
    const fixture = new NativeFixture();
    fixture.bar(10_000);
    const list = Array.from({ length: COMMANDS_MAX + 1 }, () => MARKET_BUY);
    const submit = (length: number) =>
      fixture.session.submitList(2, list.slice(0, length), fixture.notices);
    expect(() => submit(COMMANDS_MAX + 1)).toThrow('a list must have at most 8 orders, has 9');
    expect(submit(COMMANDS_MAX)).toBe(1);
    fixture.session.dispose();
  });
});
