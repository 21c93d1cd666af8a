import { Instrument, presetLimits } from '#ts/index.js';
import { sessionConfig } from '#ts/engine/session-config.js';
import { assumptionsSchema } from '#ts/engine/backtest-options.js';
import { writeBarChunk } from '#ts/engine/bar-chunk.js';
import { FaultSession } from '#ts/native/fault-session.js';
import { allocateAligned, loadMarketAddon } from '#ts/native/market-addon.js';
import { randomWalkBars } from '#ts/testing/index.js';
import { describe, expect, it } from 'vitest';

import { thrownBy } from '../../support/thrown-error.js';

const BARS = 40;

function sessionOf(faults: string): FaultSession {
  const instruments = [Instrument.create({ symbol: 'SIM', tickSize: '0.01', lotSize: '1' })];
  const records = allocateAligned(loadMarketAddon(), BARS * 128);
  for (const chunk of randomWalkBars({ seed: 4, bars: BARS })) writeBarChunk(chunk, records);
  const { json } = sessionConfig({
    strategy: { name: 'none', params: {}, definition: { name: 'none' } },
    strategyHash: null,
    instruments,
    limits: presetLimits('lightning'),
    limitsPreset: null,
    assumptions: assumptionsSchema.parse({}),
    startCash: '100000',
    maxOpenOrders: 8,
    seed: 0,
    data: [],
    version: '0',
  });
  const { engine } = JSON.parse(json) as { engine: unknown };
  const optionsJson = JSON.stringify({ engine, seed: 1, faults });
  return new FaultSession({ optionsJson, instruments: 1, records });
}

describe('FaultSession', () => {
  it("reaches each bar, writes its view, and knows the venue's position", () => {
    const session = sessionOf('none');
    for (let record = 0; record < BARS * 2; record += 2) {
      expect(session.advance(record)).toBe('reached');
      session.native.playEvent(record, []);
      expect(session.native.memory.event[0]).toBe(session.nowMs);
    }
    session.showEvent(0);
    expect(session.native.memory.event[0]).toBeLessThan(session.nowMs);
    session.finish();
    expect([session.isDown, session.venueLots(0)]).toEqual([false, 0n]);
    expect(session.outcome()).toMatchObject({ crashes: 0, fills: 0, faults: [] });
    expect(session.outcome().hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives back control when the process is dead and when it began anew', () => {
    const session = sessionOf('all');
    const pauses = new Set<string>();
    for (let record = 0; record < BARS * 2; record += 2) {
      let pause = session.advance(record);
      for (; pause === 'news' || pause === 'restarted'; pause = session.advance(record)) {
        pauses.add(pause);
        session.native.takeNotices([]);
      }
      pauses.add(pause);
    }
    expect(pauses.has('reached')).toBe(true);
    expect(session.outcome().faults.length).toBeGreaterThan(0);
  });

  it('refuses a bar without records and a call after its end', () => {
    const session = sessionOf('none');
    expect(thrownBy(() => session.advance(BARS * 2)).code).toBe('EVENT_INVALID');
    session.dispose();
    expect(thrownBy(() => session.finish()).code).toBe('HANDLE_CLOSED');
    expect(thrownBy(() => sessionOf('los')).code).toBe('FAULT_UNKNOWN');
  });
});
