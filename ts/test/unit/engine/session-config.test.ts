import { describe, expect, it } from 'vitest';

import { assumptionsSchema } from '#ts/engine/backtest-options.js';
import { sessionIdOf } from '#ts/engine/backtest.js';
import { sessionConfig, type SessionConfigOptions, sha256 } from '#ts/engine/session-config.js';
import { parseLimits } from '#ts/risk/limits.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { STOCK, UNLIMITED } from '../../support/scripted-session.js';

const FILE = { file: 'a.csv', sha256: 'aa', description: { symbol: 'A' }, from: null, to: null };
const BASE: SessionConfigOptions = {
  strategy: defineStrategy({ name: 'x', params: { fast: 3 }, onBar: () => undefined }),
  strategyHash: null,
  instruments: [STOCK],
  limits: parseLimits(UNLIMITED),
  limitsPreset: null,
  assumptions: assumptionsSchema.parse({}),
  startCash: '100000',
  maxOpenOrders: 10,
  seed: 0,
  data: [],
  version: '1.2.3',
};

describe('SIM-08: sessionConfig', () => {
  it('writes everything that decides a run, in snake_case, with what it was run with', () => {
    expect(JSON.parse(sessionConfig(BASE).json)).toEqual({
      engine: {
        instruments: [
          {
            symbol: 'STOCK',
            venue: 'SIM',
            base_currency: 'STOCK',
            quote_currency: 'USD',
            settlement_currency: 'USD',
            tick_size: '0.01',
            lot_size: '1',
            contract_multiplier: '1',
            perpetual: false,
          },
        ],
        limits: {
          order_qty_max: 'unlimited',
          order_notional_quote_max: 'unlimited',
          position_frac_max: 'unlimited',
          gross_exposure_frac_max: 'unlimited',
          price_band_frac_max: 'unlimited',
          orders_per_minute_max: 'unlimited',
          daily_trades_max: 'unlimited',
          daily_loss_frac_max: 'unlimited',
          drawdown_frac_max: 'unlimited',
          stop_loss_required: false,
          price_age_ms_max: 'unlimited',
          position_qty_max: 'unlimited',
          position_notional_quote_max: 'unlimited',
        },
        start_cash: '100000',
        max_open_orders: 10,
      },
      assumptions: {
        slippage_bps: '1',
        taker_fee_bps: '1',
        maker_fee_bps: '1',
        fee_per_unit: '0',
        participation_frac_max: '0.1',
        limit_fill: 'through',
        latency_ms: 0,
        funding_bps: '0',
        funding_interval_h: 8,
      },
      about: {
        holdfast: '1.2.3',
        strategy: { name: 'x', params: { fast: 3 }, source_sha256: null },
        limits_preset: null,
        seed: 0,
        data: [],
      },
    });
  });

  it('hashes to another id when anything changes, and to the same when nothing does', () => {
    const other = defineStrategy({ name: 'x', params: { fast: 4 }, onBar: () => undefined });
    const changes: readonly Partial<SessionConfigOptions>[] = [
      {},
      { strategy: other },
      { strategyHash: 'ff' },
      { instruments: [STOCK, STOCK] },
      { limits: parseLimits({ ...UNLIMITED, orderQtyMax: '1' }) },
      { limitsPreset: 'bot4' },
      { assumptions: assumptionsSchema.parse({ slippageBps: '2' }) },
      { startCash: '100001' },
      { maxOpenOrders: 11 },
      { seed: 1 },
      { data: [FILE] },
      { data: [{ ...FILE, sha256: 'bb' }] },
      { data: [{ ...FILE, to: '2020-01-01' }] },
      { version: '1.2.4' },
    ];
    const hashes = changes.map((change) => sessionConfig({ ...BASE, ...change }).configHash);
    expect(new Set(hashes).size).toBe(changes.length);
    expect(sessionConfig({ ...BASE })).toEqual(sessionConfig(BASE));
    expect(hashes[0]).toBe(sha256(sessionConfig(BASE).json));
    expect(sessionIdOf('x', sessionConfig(BASE))).toBe(`x-${hashes[0]?.slice(0, 8)}`);
  });

  it('hashes the data by their contents; bars in memory have none', () => {
    expect(sessionConfig(BASE).dataHash).toBeNull();
    const data = [FILE, { ...FILE, sha256: 'bb' }];
    expect(sessionConfig({ ...BASE, data }).dataHash).toBe(sha256('aa\nbb'));
  });
});
