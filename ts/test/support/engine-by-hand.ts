import { Instrument } from '#ts/core/instrument.js';
import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineOptions } from '#ts/engine/orders/engine-options.js';
import { UNLIMITED } from './scripted-session.js';

export const BTC = Instrument.create({
  symbol: 'BTC',
  tickSize: '0.5',
  lotSize: '0.001',
  baseCurrency: 'BTC',
});

/** A clock that stands until it is told to go on. */
export class HandClock {
  nowNs = 1_700_000_000_000_000_000n;

  readonly read = (): bigint => this.nowNs;

  advance(ns: bigint): void {
    this.nowNs += ns;
  }
}

/** An engine without limits at a price of 50,000. */
export function openEngine(options: Partial<EngineOptions> = {}): Engine {
  const clock = new HandClock();
  const engine = Engine.open({
    instruments: [BTC],
    limits: UNLIMITED,
    account: { cash: '1000000' },
    clock: clock.read,
    ...options,
  });
  for (const { symbol } of engine.instruments) {
    engine.quote({ instrument: symbol, bid: '49999.5', bidQty: '1', ask: '50000.5', askQty: '1' });
  }
  return engine;
}

export const LIMIT_BUY = {
  side: 'buy',
  quantity: '0.1',
  orderType: 'limit',
  limitPrice: '50000',
} as const;
