import { Instrument, presetLimits } from '#ts/index.js';
import { defineStrategy, type Strategy } from '#ts/strategies/strategy.js';
import { type FaultName, neverShort, simulate } from '#ts/testing/simulate.js';
import { barChunks, randomWalkBars } from '#ts/testing/index.js';
import { describe, expect, it } from 'vitest';

import type { Tick } from '#ts/engine/event-source.js';
import { loadStrategy } from '#ts/cli/load-strategy.js';
import { rejectionOf } from '../../support/thrown-error.js';

const limits = {
  ...presetLimits('lightning'),
  stopLossRequired: false,
  ordersPerMinuteMax: '600',
  dailyTradesMax: 'unlimited',
  priceAgeMsMax: '120000',
};
const rules = { 'never short': neverShort };

/** Holds a few lots for some bars; every decision follows from what the account says. */
const careful = defineStrategy({
  name: 'careful',
  limits,
  onBar(bar, context) {
    if (context.openOrderCount > 0) return;
    if (context.position().isFlat) context.buy(10);
    else if (bar.tsMs % 240_000 < 60_000) context.closePosition();
  },
});

/** Takes what it asked for as filled, and sells as much. */
const assuming = defineStrategy({
  name: 'assuming',
  limits,
  state: () => ({ holds: false }),
  onBar(_, context) {
    if (context.state.holds) context.sell(10);
    else context.buy(10);
    context.state.holds = !context.state.holds;
  },
});

/** Knows only the orders that it placed since it began. */
const forgetful = defineStrategy({
  name: 'forgetful',
  limits,
  state: () => ({ mine: new Set<number>() }),
  onBar(bar, context) {
    if (context.openOrderCount > 0) return;
    const result = context.buy(1, { orderType: 'limit', limitPrice: floor(bar.close * 0.999) });
    context.state.mine.add(result.clientOrderId);
  },
  onOrder(order, context) {
    if (order.status === 'filled' && !context.state.mine.has(order.clientOrderId))
      throw new Error('an order must be one of mine');
  },
});

function floor(price: number): string {
  return (Math.floor(price * 100) / 100).toFixed(2);
}

async function found(strategy: Strategy, seeds = 40) {
  const report = await simulate(strategy, { seeds, rules, findingsMax: 1 });
  const finding = report.findings[0];
  if (finding === undefined) throw new Error(`no finding in ${seeds} seeds`);
  return { report, finding };
}

describe('simulate', () => {
  it('str_07_a_good_strategy_holds_over_some_hundred_seeds', { timeout: 120_000 }, async () => {
    const { strategy } = await loadStrategy('examples/trend-following.ts');
    const report = await simulate(strategy, { seeds: 200, rules, data: { bars: 500 } });
    report.expectHolds();
    expect(report.seeds).toBe(200);
    expect(report.fills).toBeGreaterThan(500);
    expect(report.crashes).toBeGreaterThan(200);
    expect(Object.keys(report.faults)).toHaveLength(13);
    expect(Object.values(report.faults).every((times) => times > 50)).toBe(true);
  });

  it('str_07_a_strategy_that_asks_the_account_holds', { timeout: 60_000 }, async () => {
    const report = await simulate(careful, { seeds: 40, rules });
    report.expectHolds();
    expect(report.fills).toBeGreaterThan(1_000);
  });

  it('finds_a_strategy_that_takes_an_order_for_filled_and_its_seed_shows_it_again', async () => {
    const { report, finding } = await found(assuming);
    expect(finding).toMatchObject({
      code: 'STRATEGY_RULE_BROKEN',
      message: 'rule "never short" must hold',
    });
    expect(() => report.expectHolds()).toThrow(/seed \d+, .*STRATEGY_RULE_BROKEN/);
    const again = await simulate(assuming, { seedStart: finding.seed, seeds: 1, rules });
    expect(again.findings).toEqual([finding]);
  });

  it('finds_a_strategy_that_forgets_its_orders_when_the_process_dies_with_the_faults_that_it_takes', async () => {
    const { findings } = await simulate(forgetful, { seeds: 10, findingsMax: 2 });
    expect(findings).toHaveLength(2);
    for (const finding of findings) {
      expect(finding).toMatchObject({ code: 'STRATEGY_THREW' });
      expect(finding.message).toMatch(/onOrder did .*an order must be one of mine/);
      const deadly = finding.faults.filter(({ name }) => name === 'crash' || name === 'disk_full');
      expect(deadly.length).toBeGreaterThan(0);
    }
    expect(Math.min(...findings.map(({ faults }) => faults.length))).toBeLessThan(4);
    const quiet = await simulate(forgetful, { seeds: 10, faults: 'none' });
    quiet.expectHolds();
    expect(quiet.crashes).toBe(0);
  });

  it('finds_a_strategy_that_decides_otherwise_in_an_equal_run', async () => {
    const moody = defineStrategy({
      name: 'moody',
      limits,
      onBar(_, context) {
        if (context.position().isFlat && Math.random() < 0.2) context.buy(1);
      },
    });
    const { finding } = await found(moody, 3);
    expect(finding).toMatchObject({ code: 'STRATEGY_UNREPEATABLE', faults: [] });
  });

  it('tst_09_the_same_seeds_give_the_same_digest_and_others_another', async () => {
    const digest = async (seedStart: number) =>
      (await simulate(careful, { seeds: 3, seedStart, data: { bars: 60 } })).digest;
    expect(await digest(7)).toBe(await digest(7));
    expect(await digest(8)).not.toBe(await digest(7));
  });

  it('counts_denials_and_fails_for_a_strategy_that_nothing_fills', async () => {
    const greedy = defineStrategy({
      name: 'greedy',
      limits,
      onBar: (_, context) => void context.buy(1_000_000),
    });
    const report = await simulate(greedy, { seeds: 2, data: { bars: 20 } });
    expect(Object.keys(report.denials).length).toBeGreaterThan(0);
    expect(() => report.expectHolds()).toThrow(/must trade, or nothing is checked.*denied by/);
  });

  it('a_rule_may_throw_as_an_assertion_does', async () => {
    const report = await simulate(careful, {
      seeds: 1,
      data: { bars: 30 },
      rules: { 'holds nothing': ({ lots }) => expect(lots('SIM')).toBe(0n) },
    });
    expect(report.findings[0]?.message).toMatch(/rule "holds nothing" must hold: expected 10n/);
  });

  it('plays_bars_of_the_caller_and_of_several_instruments', async () => {
    const spy = Instrument.create({ symbol: 'SPY', tickSize: '0.01', lotSize: '1' });
    const btc = Instrument.create({ symbol: 'BTC', tickSize: '0.1', lotSize: '0.001' });
    const both = defineStrategy({
      name: 'both',
      limits,
      onBar(bar, context) {
        if (context.position(bar.instrument).isFlat) context.buy(bar.instrument === 0 ? 5 : '0.05');
        else context.closePosition();
      },
    });
    const walked = await simulate(both, { seeds: 5, data: { bars: 80, instruments: [spy, btc] } });
    walked.expectHolds();
    const rows = Array.from({ length: 60 }, (_, day) => ({
      time: Date.UTC(2024, 0, 1 + day),
      open: 100 + (day % 7),
      high: 108 + (day % 7),
      low: 96,
      close: 101 + (day % 7),
      volume: 1_000,
    }));
    const chunks = barChunks(rows, { instruments: [spy], intervalMs: 86_400_000 });
    const daily = await simulate(careful, {
      seeds: 5,
      limits: { ...limits, priceAgeMsMax: 'unlimited' },
      data: { instruments: [spy], chunks },
    });
    daily.expectHolds();
    expect(daily.events).toBeLessThan(60 * 5 * 200);
  });

  it('plays_trades_and_quotes_of_the_caller', async () => {
    const spy = Instrument.create({ symbol: 'SPY', tickSize: '0.01', lotSize: '1' });
    const ticks = Array.from({ length: 400 }, (_, number): Tick => {
      const [instrument, tsEventNs] = [0, BigInt(number) * 1_000_000_000n];
      const priceTicks = 10_000n + BigInt((number * 7) % 60);
      if (number % 2 === 0)
        return {
          kind: 'trade',
          instrument,
          tsEventNs,
          priceTicks,
          quantityLots: 5n,
          tradeId: number,
          side: 'buy',
        };
      const [bidTicks, askTicks] = [priceTicks - 1n, priceTicks + 1n];
      const sizes = { bidLots: 9n, askLots: 9n };
      return { kind: 'quote', instrument, tsEventNs, bidTicks, askTicks, ...sizes };
    });
    let quotes = 0;
    const scalper = defineStrategy({
      name: 'scalper',
      limits,
      onTrade(_, context) {
        if (context.openOrderCount > 0) return;
        if (context.position().isFlat) context.buy(2);
        else context.closePosition();
      },
      onQuote: () => void (quotes += 1),
    });
    const report = await simulate(scalper, {
      seeds: 10,
      rules,
      data: { instruments: [spy], ticks },
    });
    report.expectHolds();
    expect(report.marketEvents).toBeGreaterThan(3_000);
    expect(quotes).toBeGreaterThan(1_500);
  });

  it('refuses_what_cannot_be_simulated', async () => {
    const code = async (strategy: Strategy, options: object) =>
      (await rejectionOf(simulate(strategy, options))).code;
    expect(await code(careful, { faults: ['los'] as unknown as FaultName[] })).toBe(
      'FAULT_UNKNOWN',
    );
    expect(await code(careful, { seeds: 0 })).toBe('ARGUMENT_INVALID');
    expect(await code({} as Strategy, {})).toBe('STRATEGY_INVALID');
    const bare = defineStrategy({ name: 'bare', onBar: () => undefined });
    expect(await code(bare, {})).toBe('LIMITS_INVALID');
    const data = { instruments: [], chunks: randomWalkBars({ seed: 1, bars: 5 }) };
    expect(await code(careful, { data })).toBe('CONFIG_INVALID');
  });
});
