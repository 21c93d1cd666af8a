import { Gate } from '#ts/risk/gate/gate.js';
import type { GateOptions } from '#ts/risk/gate/gate-options.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { HandClock } from './engine-by-hand.js';
import { UNLIMITED } from './scripted-session.js';

export const COIN = {
  symbol: 'BTC/USDT',
  tickSize: '0.5',
  lotSize: '0.0001',
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
} as const;

/** A gate with a clock that stands, at a price of 50,000. */
export function openGate(
  limits: Partial<LimitsOptions> = {},
  options: Partial<GateOptions> = {},
): { readonly gate: Gate; readonly clock: HandClock } {
  const clock = new HandClock();
  const gate = Gate.create({
    limits: { ...UNLIMITED, ...limits },
    instruments: [COIN],
    account: { cash: '100000', currency: 'USDT' },
    clock: clock.read,
    ...options,
  });
  gate.price(0, '50000');
  return { gate, clock };
}

export const BUY = { side: 'buy', quantity: '0.1', limitPrice: '50000' } as const;
