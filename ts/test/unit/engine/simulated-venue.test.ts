import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import {
  type Day,
  DAY_MS,
  fillText,
  playScript,
  type Script,
  START_MS,
  UNLIMITED,
} from '../../support/scripted-session.js';

const free = {
  slippageBps: '0',
  takerFeeBps: '0',
  makerFeeBps: '0',
  participationFracMax: 'unlimited',
} as const;

/** What fills, as text, when a script is played over daily bars. */
async function fillsOf(
  days: readonly Day[],
  script: Script,
  assumptions: object = free,
): Promise<readonly string[]> {
  const { fills } = await playScript(days, script, { assumptions });
  return fills.map((fill) => `${new Date(fill.tsMs).toISOString().slice(8, 10)} ${fillText(fill)}`);
}

const limit = (limitPrice: string | number) => ({ orderType: 'limit', limitPrice }) as const;
const stop = (triggerPrice: string | number) =>
  ({ orderType: 'stop_market', triggerPrice }) as const;

describe('SIM-05: market orders', () => {
  it('fill at the next open, never in the bar that was seen', async () => {
    expect(await fillsOf([10, [11, 15, 8, 12], 13], { 0: (context) => context.buy(1) })).toEqual([
      '07 buy 1 @ 11 strategy',
    ]);
  });

  it('pay slippage against them, rounded to the worse tick', async () => {
    const both: Script = { 0: (context) => [context.buy(1), context.sell(2)] };
    expect(await fillsOf([10, 10.01], both, { ...free, slippageBps: '10' })).toEqual([
      '07 buy 1 @ 10.03 strategy',
      '07 sell 2 @ 9.99 strategy',
    ]);
  });

  it('take at most their share of the volume; the rest rests, and no volume is no fill', async () => {
    const days: readonly Day[] = [
      10,
      [10, 10, 10, 10, 99],
      [11, 11, 11, 11, 0],
      [12, 12, 12, 12, 50],
      13,
    ];
    const share = { ...free, participationFracMax: '0.1' };
    expect(await fillsOf(days, { 0: (context) => context.buy(20) }, share)).toEqual([
      '07 buy 9 @ 10 strategy',
      '09 buy 5 @ 12 strategy',
      '10 buy 6 @ 13 strategy',
    ]);
    expect(await fillsOf(days, { 1: (context) => context.buy(20) })).toEqual([
      '09 buy 20 @ 12 strategy',
    ]);
  });

  it('share the volume among them in their order', async () => {
    const script: Script = { 0: (context) => [context.buy(6), context.sell(6)] };
    const fills = await fillsOf([10, [10, 10, 10, 10, 80], 11], script, {
      ...free,
      participationFracMax: '0.1',
    });
    expect(fills).toEqual([
      '07 buy 6 @ 10 strategy',
      '07 sell 2 @ 10 strategy',
      '08 sell 4 @ 11 strategy',
    ]);
  });

  it('wait until their latency is over', async () => {
    const script: Script = { 0: (context) => context.buy(1) };
    expect(await fillsOf([10, 11, 12], script, { ...free, latencyMs: 1 })).toEqual([
      '08 buy 1 @ 12 strategy',
    ]);
  });
});

describe('SIM-05: limit orders', () => {
  it('fill at their price when the bar trades beyond it, or reaches it where touching is enough', async () => {
    const days: readonly Day[] = [10, [10, 11, 9.5, 10], [10, 10, 9, 10], 10];
    const buy: Script = { 0: (context) => context.buy(1, limit('9.5')) };
    expect(await fillsOf(days, buy)).toEqual(['08 buy 1 @ 9.5 strategy']);
    expect(await fillsOf(days, buy, { ...free, limitFill: 'touch' })).toEqual([
      '07 buy 1 @ 9.5 strategy',
    ]);
    const sell: Script = { 0: (context) => context.sell(1, limit('11')) };
    expect(await fillsOf(days, sell)).toEqual([]);
    expect(await fillsOf(days, sell, { ...free, limitFill: 'touch' })).toEqual([
      '07 sell 1 @ 11 strategy',
    ]);
  });

  it('fill at a better open, without slippage', async () => {
    const script: Script = { 0: (context) => context.buy(1, limit('9')) };
    expect(await fillsOf([10, [8, 9, 7, 8]], script, { ...free, slippageBps: '100' })).toEqual([
      '07 buy 1 @ 8 strategy',
    ]);
  });

  it('are makers inside a bar and takers at its open, and pay as such', async () => {
    const costs = { ...free, takerFeeBps: '10', makerFeeBps: '-5' };
    const inside = await playScript(
      [10, [10, 10, 8, 9]],
      { 0: (context) => context.buy(10, limit('9')) },
      { assumptions: costs },
    );
    expect(inside.fills.map((fill) => [fill.liquiditySide, fill.fee.toString()])).toEqual([
      ['maker', '-0.045'],
    ]);
    expect(inside.result.fees).toBe('-0.045');
    const jumped = await playScript(
      [10, [8, 9, 8, 9]],
      { 0: (context) => context.buy(10, limit('9')) },
      { assumptions: costs },
    );
    expect(jumped.fills.map((fill) => [fill.liquiditySide, fill.fee.toString()])).toEqual([
      ['taker', '0.08'],
    ]);
  });
});

describe('SIM-05: stop orders', () => {
  it('fill at the stop plus slippage, and at the open when that lies beyond', async () => {
    const sell: Script = { 0: (context) => context.sell(1, stop('9')) };
    expect(await fillsOf([10, [10, 10, 8, 8.5]], sell)).toEqual(['07 sell 1 @ 9 strategy']);
    expect(await fillsOf([10, [10, 10, 8, 8.5]], sell, { ...free, slippageBps: '100' })).toEqual([
      '07 sell 1 @ 8.91 strategy',
    ]);
    expect(await fillsOf([10, [7, 8, 6, 8]], sell)).toEqual(['07 sell 1 @ 7 strategy']);
    const buy: Script = { 0: (context) => context.buy(1, stop('11')) };
    expect(await fillsOf([10, [10, 12, 10, 12]], buy)).toEqual(['07 buy 1 @ 11 strategy']);
    expect(await fillsOf([10, [13, 13, 12, 12]], buy)).toEqual(['07 buy 1 @ 13 strategy']);
    expect(
      await fillsOf([10, [10, 10.99, 9.01, 10], 10], {
        0: (context) => [context.buy(1, stop('11')), context.sell(1, stop('9'))],
      }),
    ).toEqual([]);
  });

  it('that were triggered fill the rest at the market', async () => {
    const days: readonly Day[] = [10, [10, 10, 8, 8, 30], [9.5, 9.5, 9.5, 9.5, 1_000]];
    const fills = await fillsOf(
      days,
      { 0: (context) => context.sell(10, stop('9')) },
      { ...free, participationFracMax: '0.1' },
    );
    expect(fills).toEqual(['07 sell 3 @ 9 strategy', '08 sell 7 @ 9.5 strategy']);
  });
});

describe('ORD-13: protective orders', () => {
  const bracket: Script = { 0: (context) => context.buy(5, { stopLoss: '9', takeProfit: '12' }) };

  it('assume the stop was first when both lie in one bar', async () => {
    expect(await fillsOf([10, 10, [10, 13, 8, 12]], bracket)).toEqual([
      '07 buy 5 @ 10 strategy',
      '08 sell 5 @ 9 stop_loss',
    ]);
  });

  it('protect from the moment of the fill: the stop may be hit in the bar of the entry', async () => {
    expect(await fillsOf([10, [10, 11, 8, 9]], bracket)).toEqual([
      '07 buy 5 @ 10 strategy',
      '07 sell 5 @ 9 stop_loss',
    ]);
    expect(await fillsOf([10, [10, 13, 9.5, 12]], bracket)).toEqual([
      '07 buy 5 @ 10 strategy',
      '07 sell 5 @ 12 take_profit',
    ]);
  });

  it('after an entry inside the bar may be stopped in it, but not reach the target in it', async () => {
    const entry: Script = {
      0: (context) => context.buy(5, { ...limit('9.5'), stopLoss: '9', takeProfit: '12' }),
    };
    expect(await fillsOf([10, [10, 13, 9.2, 12], [11, 13, 11, 11]], entry)).toEqual([
      '07 buy 5 @ 9.5 strategy',
      '08 sell 5 @ 12 take_profit',
    ]);
    expect(await fillsOf([10, [10, 13, 8, 12]], entry)).toEqual([
      '07 buy 5 @ 9.5 strategy',
      '07 sell 5 @ 9 stop_loss',
    ]);
  });

  it('cancel one another, and none outlives the position', async () => {
    const { result } = await playScript([10, 10, [10, 13, 10, 12], [12, 12, 8, 8]], bracket);
    expect(result.orders).toMatchObject({ filled: 2, canceled: 1 });
    expect(result.positions).toEqual([]);
    const closed = await playScript([10, 10, 10, [10, 13, 8, 8]], {
      ...bracket,
      1: (context) => context.closePosition(),
    });
    expect(closed.fills.map(fillText)).toEqual(['buy 5 @ 10 strategy', 'sell 5 @ 10 strategy']);
    expect(closed.result.orders.canceled).toBe(2);
  });

  it('are placed for what fills, part by part, and are clipped to the position', async () => {
    const days: readonly Day[] = [
      10,
      [10, 10, 10, 10, 30],
      [10, 10, 10, 10, 1_000],
      10,
      [10, 10, 8, 8],
    ];
    const script: Script = {
      0: (context) => context.buy(5, { stopLoss: '9' }),
      2: (context) => context.sell(4),
    };
    const { fills, orders } = await playScript(days, script, {
      assumptions: { ...free, participationFracMax: '0.1' },
    });
    expect(fills.map(fillText)).toEqual([
      'buy 3 @ 10 strategy',
      'buy 2 @ 10 strategy',
      'sell 4 @ 10 strategy',
      'sell 1 @ 9 stop_loss',
    ]);
    const placed = orders.filter(
      (order) => order.role === 'stop_loss' && order.status === 'submitted',
    );
    expect(placed.map((order) => order.quantity.toString())).toEqual(['3', '2']);
  });

  it('protect a short position the other way round', async () => {
    const script: Script = { 0: (context) => context.sell(5, { stopLoss: '11', takeProfit: '8' }) };
    expect(await fillsOf([10, 10, [10, 12, 10, 12]], script)).toEqual([
      '07 sell 5 @ 10 strategy',
      '08 buy 5 @ 11 stop_loss',
    ]);
    expect(await fillsOf([10, 10, [10, 10, 7, 7]], script)).toEqual([
      '07 sell 5 @ 10 strategy',
      '08 buy 5 @ 8 take_profit',
    ]);
  });
});

describe('SIM-05: time in force and reduce-only', () => {
  it('an immediate order lives for one open, a day order for one day, and a standing one until it ends', async () => {
    const { orders } = await playScript([10, 10, [10, 10, 8, 8]], {
      0: (context) => {
        context.buy(1, { ...limit('9'), timeInForce: 'ioc' });
        context.buy(2, { ...limit('9'), timeInForce: 'day' });
        context.buy(3, { ...limit('9') });
      },
    });
    const ends = orders.filter((order) => ['canceled', 'expired', 'filled'].includes(order.status));
    expect(ends.map((order) => `${order.clientOrderId} ${order.status}`)).toEqual([
      '1 canceled',
      '2 expired',
      '3 filled',
    ]);
    expect(ends.map((order) => order.tsMs)).toEqual([
      START_MS + DAY_MS,
      START_MS + 2 * DAY_MS,
      START_MS + 3 * DAY_MS - 1,
    ]);
  });

  it('a reduce-only order never opens a position', async () => {
    const { fills, orders } = await playScript([10, 10, 10, 10], {
      0: (context) => [context.sell(1, { reduceOnly: true }), context.buy(2)],
      1: (context) => context.sell(5, { reduceOnly: true }),
    });
    expect(fills.map(fillText)).toEqual(['buy 2 @ 10 strategy', 'sell 2 @ 10 strategy']);
    expect(
      orders.find((order) => order.clientOrderId === 1 && order.status !== 'submitted')?.status,
    ).toBe('rejected');
    expect(orders.at(-1)?.status).toBe('canceled');
  });
});

describe('SIM-05: fees and funding', () => {
  it('take a share of notional and an amount per unit, exactly', async () => {
    const assumptions = { ...free, takerFeeBps: '2.5', feePerUnit: '0.0035' };
    const { result } = await playScript(
      [10, 10.01],
      { 0: (context) => context.buy(300) },
      { assumptions },
    );
    expect(result.fees).toBe(String(300 * 10.01 * 0.00025 + 300 * 0.0035));
  });

  it('charge a perpetual for each interval that a bar passes, and nothing else', async () => {
    const rules = { symbol: 'PERP', tickSize: '0.01', lotSize: '1' };
    const assumptions = { ...free, fundingBps: '1', fundingIntervalH: 8 };
    const script: Script = {
      0: (context) => context.buy(100),
      3: (context) => context.closePosition(),
    };
    const perpetual = Instrument.create({ ...rules, perpetual: true });
    const { result } = await playScript([10, 10, 10, 10, 10], script, {
      assumptions,
      instrument: perpetual,
    });
    // Three intervals a day on a value of 1,000; a payment comes before the fills of its bar.
    expect(result.funding).toBe('0.9');
    expect(result.finalEquity).toBe('99999.1');
    const spot = Instrument.create(rules);
    expect(
      (await playScript([10, 10, 10, 10, 10], script, { assumptions, instrument: spot })).result
        .funding,
    ).toBe('0');
    const short: Script = { 0: (context) => context.sell(100) };
    expect(
      (await playScript([10, 10, 10], short, { assumptions, instrument: perpetual })).result
        .funding,
    ).toBe('-0.3');
  });
});

describe('the gate in a session', () => {
  const limits = (change: object) => ({ limits: { ...UNLIMITED, ...change } });

  it('RISK-18: stops opening orders for the day when its loss reaches the limit, but never exits', async () => {
    const notes: unknown[] = [];
    const { result } = await playScript(
      [100, 100, 94, 94, 94],
      {
        0: (context) => context.buy(1_000),
        2: (context) => notes.push(context.buy(1), context.sell(200)),
        3: (context) => notes.push(context.buy(1)),
      },
      limits({ dailyLossFracMax: '0.05' }),
    );
    expect(notes).toMatchObject([
      {
        verdict: 'denied',
        codes: ['DAILY_LOSS_EXCEEDED'],
        failed: [{ limit: '0.05', observed: '0.06' }],
      },
      { verdict: 'approved' },
      { verdict: 'approved' },
    ]);
    expect(result.breakers).toEqual({ drawdown: false, dailyLoss: false });
  });

  it('RISK-05: stops opening orders for good past the drawdown, and says so at the end', async () => {
    const notes: unknown[] = [];
    const { result } = await playScript(
      [100, 100, 84, 100, 100],
      {
        0: (context) => context.buy(1_000),
        3: (context) => notes.push(context.buy(1), context.closePosition()),
      },
      limits({ drawdownFracMax: '0.15' }),
    );
    expect(notes).toMatchObject([{ codes: ['DRAWDOWN_EXCEEDED'] }, { verdict: 'approved' }]);
    expect(result.breakers.drawdown).toBe(true);
    expect(result.maxDrawdown?.frac).toBeCloseTo(0.16, 12);
  });

  it('counts every open order as if it filled: the worst of them together must fit', async () => {
    const notes: unknown[] = [];
    await playScript(
      [10, 10],
      {
        0: (context) => {
          notes.push(context.buy(900, limit('9.9')), context.sell(900, limit('10.1')));
          notes.push(context.buy(200, limit('9.9')), context.sell(100, limit('10')));
        },
      },
      limits({ positionFracMax: '0.1' }),
    );
    expect(notes).toMatchObject([
      { verdict: 'approved' },
      { verdict: 'approved' },
      { codes: ['POSITION_LIMIT_EXCEEDED'] },
      { verdict: 'approved' },
    ]);
  });

  it('PRICE_BAND_EXCEEDED: refuses a limit price far from the last one', async () => {
    const notes: unknown[] = [];
    await playScript(
      [10, 10],
      {
        0: (context) =>
          notes.push(
            context.buy(1, limit('9.49')),
            context.buy(1, limit('9.5')),
            context.sell(1, limit('10.51')),
          ),
      },
      limits({ priceBandFracMax: '0.05' }),
    );
    expect(notes).toMatchObject([
      {
        codes: ['PRICE_BAND_EXCEEDED'],
        failed: [{ unit: 'fraction', limit: '0.05', observed: '0.051' }],
      },
      { verdict: 'approved' },
      { codes: ['PRICE_BAND_EXCEEDED'] },
    ]);
  });
});
