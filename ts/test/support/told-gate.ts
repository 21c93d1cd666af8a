import { Instrument } from '#ts/core/instrument.js';
import type { Command } from '#ts/native/command-memory.js';
import { Gate } from '#ts/risk/gate/gate.js';
import type { GateOrder } from '#ts/risk/gate/gate-order.js';
import type { InstrumentRules } from './reference-rules.js';
import { TOLD_STRATEGIES, type ToldWorld } from './told-acts.js';

export const TOLD_ASSETS = ['X', 'X', 'Y'] as const;
const MS = 1_000_000n;
const OFF = 'unlimited';

export const priceText = (ticks: bigint) => (Number(ticks) / 100).toFixed(2);

/** A gate of three instruments, whose fuse never blows, since the reference knows of none. */
export function toldGate(
  { limits, rules }: Omit<ToldWorld, 'hasPlans'>,
  clock: () => bigint,
): Gate {
  const counts = {
    ordersPerSecondMax: OFF,
    ordersPerMinuteMax: OFF,
    ordersPerDayMax: OFF,
  } as const;
  const money = {
    notionalPerSecondMax: OFF,
    notionalPerMinuteMax: OFF,
    notionalPerDayMax: OFF,
  } as const;
  return Gate.create({
    limits,
    instruments: rules.instruments.map(instrumentOf),
    account: { cash: '100000', currency: 'USD', rateAgeMsMax: Number(rules.rateAgeNs / MS) },
    orders: {
      maxOpenOrders: rules.ordersMax,
      selfTrade: rules.keepsApart ? 'cancel_newest' : 'off',
    },
    fuse: { account: { ...counts, ...money }, unansweredNotionalMax: OFF, repeatsMax: OFF },
    clock,
  });
}

function instrumentOf(rules: InstrumentRules, index: number): Instrument {
  const { minLots, maxLots, minNotionalCents, maxNotionalCents, percentPrice, initialFrac } = rules;
  const margin = {
    tiers: [{ initialFrac: String(Number(initialFrac) / 1e6), maintenanceFrac: '0.001' }],
  };
  return Instrument.create({
    symbol: `I${index}`,
    baseCurrency: TOLD_ASSETS[index] ?? '',
    quoteCurrency: rules.isForeign === true ? 'EUR' : 'USD',
    tickSize: '0.01',
    lotSize: '1',
    ...(minLots === undefined ? {} : { minQuantity: String(minLots) }),
    ...(maxLots === undefined ? {} : { maxQuantity: String(maxLots) }),
    ...(minNotionalCents === undefined ? {} : { minNotional: priceText(minNotionalCents) }),
    ...(maxNotionalCents === undefined ? {} : { maxNotional: priceText(maxNotionalCents) }),
    ...(percentPrice === undefined ? {} : { percentPriceFrac: String(Number(percentPrice) / 1e6) }),
    ...(initialFrac === undefined ? {} : { kind: 'linear', margin }),
  });
}

/** The order that a command describes, in plain words. */
export function toldOrder(command: Command): GateOrder {
  const { instrument, side, lots, limitTicks, reduceOnly, strategy, terms } = command;
  const name = TOLD_STRATEGIES[strategy - 1];
  const cause = terms?.causeNs;
  return {
    instrument,
    side: side === 0 ? 'buy' : 'sell',
    quantity: lots,
    reduceOnly,
    ...(limitTicks === undefined ? {} : { limitPrice: priceText(limitTicks) }),
    ...(name === undefined ? {} : { strategy: name }),
    ...(cause === undefined ? {} : { causedAtMs: Number(cause / MS) }),
  };
}
