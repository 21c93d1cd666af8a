import { describe, expect, it } from 'vitest';

import { correlationMeasure } from '#ts/core/risk-measure.js';
import type { Gate } from '#ts/risk/gate/gate.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import { presetLimits } from '#ts/risk/presets.js';
import { openGate } from '../../../support/gate-alone.js';

const MINUTE_NS = 60_000_000_000n;
/** Cash of the account, and the price of one unit: a lot is a ten-thousandth of it. */
const CASH = 10_000;
const SYMBOLS = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
const ASSET = { symbol: 'A', tickSize: '0.01', lotSize: '0.01' } as const;

/** A gate for a portfolio of 10,000, in which A to H cost 1 each. */
function openAt1(limits: Partial<LimitsOptions>) {
  const { gate, clock } = openGate(limits, {
    instruments: SYMBOLS.map((symbol) => ({ ...ASSET, symbol })),
    account: { cash: String(CASH) },
  });
  for (const symbol of SYMBOLS) gate.price(symbol, '1');
  return { gate, clock };
}

const buy = (quantity: number | string, instrument = 'A') =>
  ({ instrument, side: 'buy', quantity: String(quantity) }) as const;

let trades = 0;

/** Buys at 1, all of it. */
function bought(gate: Gate, quantity: number, instrument = 'A'): void {
  const verdict = gate.submit(buy(quantity, instrument));
  if (!verdict.allowed) throw new Error(verdict.message);
  trades += 1;
  gate.accepted(verdict.id);
  gate.filled({ id: verdict.id, tradeId: trades, price: '1', quantity: String(quantity) });
}

const LIGHTNING = {
  dailyTradesMax: 20,
  dailyLossFracMax: '0.05',
  positionFracMax: '0.15',
  grossExposureFracMax: '0.80',
  ordersPerMinuteMax: 10,
};
const TIGHTER = {
  dailyTradesMax: 4,
  dailyLossFracMax: '0.02',
  positionFracMax: '0.1',
  grossExposureFracMax: '0.35',
  ordersPerMinuteMax: 2,
};

describe.each([LIGHTNING, TIGHTER])('RISK-21, AX-09: guardrails of %o', (guardrails) => {
  const { dailyTradesMax, dailyLossFracMax, positionFracMax, grossExposureFracMax } = guardrails;
  const { ordersPerMinuteMax } = guardrails;
  const limits = {
    ...guardrails,
    dailyTradesMax: String(dailyTradesMax),
    ordersPerMinuteMax: String(ordersPerMinuteMax),
  };
  /** The largest position, at a price of 1. */
  const most = CASH * Number(positionFracMax);

  it('deny one trade a day more', () => {
    const { gate, clock } = openAt1(limits);
    for (let trade = 0; trade < dailyTradesMax; trade += 1) {
      bought(gate, 1);
      clock.advance(MINUTE_NS);
      gate.price('A', '1');
    }
    expect(gate.submit(buy(1))).toMatchObject({ codes: ['DAILY_TRADES_EXCEEDED'] });
  });

  it('deny every trade once the day has lost its share', () => {
    const { gate } = openAt1(limits);
    bought(gate, most);
    /** In hundredths, by how much the price may fall until the loss reaches its share. */
    const fall = Math.ceil((100 * CASH * Number(dailyLossFracMax)) / most);
    gate.price('A', (1 - (fall - 1) / 100).toFixed(2));
    expect(gate.check(buy(1, 'B'))).toEqual({ allowed: true, id: null });
    gate.price('A', (1 - fall / 100).toFixed(2));
    expect(gate.check(buy(1, 'B'))).toMatchObject({ codes: ['DAILY_LOSS_EXCEEDED'] });
    gate.price('A', '1');
    expect(gate.check(buy(1, 'B'))).toMatchObject({ codes: ['DAILY_LOSS_EXCEEDED'] });
  });

  it('deny a position that is larger by a ten-thousandth of the portfolio', () => {
    const { gate } = openAt1(limits);
    expect(gate.check(buy(most)).allowed).toBe(true);
    expect(gate.check(buy(most + 1))).toMatchObject({
      codes: ['POSITION_LIMIT_EXCEEDED'],
      suggestedQuantity: String(most),
    });
  });

  it('deny exposure past its share of the portfolio', () => {
    const { gate, clock } = openAt1(limits);
    const whole = CASH * Number(grossExposureFracMax);
    const full = Math.floor(whole / most);
    for (const symbol of SYMBOLS.slice(0, full)) {
      bought(gate, most, symbol);
      clock.advance(MINUTE_NS);
    }
    for (const symbol of SYMBOLS) gate.price(symbol, '1');
    const [next = ''] = SYMBOLS.slice(full);
    const left = whole - full * most;
    expect(gate.check(buy(left, next)).allowed).toBe(true);
    expect(gate.check(buy(left + 1, next))).toMatchObject({
      codes: ['GROSS_EXPOSURE_EXCEEDED'],
      suggestedQuantity: String(left),
    });
  });

  it('deny one order a minute more', () => {
    const { gate, clock } = openAt1(limits);
    for (let order = 0; order < ordersPerMinuteMax; order += 1) {
      expect(gate.submit(buy(1)).allowed).toBe(true);
    }
    expect(gate.submit(buy(1))).toMatchObject({ codes: ['ORDER_RATE_EXCEEDED'] });
    clock.advance(MINUTE_NS);
    gate.price('A', '1');
    expect(gate.submit(buy(1)).allowed).toBe(true);
  });
});

describe('the reasons of a denial', () => {
  it('RISK-10: stand in the order breaker, size, correlation, margin', () => {
    const margin = { tiers: [{ initialFrac: '0.5', maintenanceFrac: '0.25' }] };
    const { gate, clock } = openGate(
      { ...presetLimits('bot4'), stopLossRequired: false },
      {
        instruments: ['A', 'B'].map((symbol) => ({
          ...ASSET,
          symbol,
          kind: 'linear' as const,
          margin,
        })),
        account: { cash: String(CASH) },
      },
    );
    for (const symbol of ['A', 'B']) gate.price(symbol, '1');
    bought(gate, 100);
    const asOfMs = Number(clock.read() / 1_000_000n);
    gate.signals.riskMeasured(correlationMeasure({ asOfMs, correlation: [[1], [0.9, 1]] }));
    gate.signals.breaker(0, true);
    const denied = gate.check(buy(100_000, 'B'));
    expect(denied).toMatchObject({
      code: 'BREAKER_OPEN',
      codes: [
        'BREAKER_OPEN',
        'POSITION_LIMIT_EXCEEDED',
        'CORRELATION_TOO_HIGH',
        'MARGIN_INSUFFICIENT',
      ],
    });
    const lines = gate.explain(denied).split('\n').slice(1, 5);
    expect(lines.map((line) => line.slice(2, line.indexOf(':')))).toEqual(
      denied.allowed ? [] : denied.codes,
    );
    gate.signals.breaker(0, false);
    expect(gate.check(buy(100, 'B'))).toMatchObject({ code: 'CORRELATION_TOO_HIGH' });
  });
});
