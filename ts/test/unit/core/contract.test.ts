import { describe, expect, it } from 'vitest';

import { Instrument, type InstrumentOptions } from '#ts/core/instrument.js';
import { assumptionsSchema } from '#ts/engine/backtest-options.js';
import { sessionConfig } from '#ts/engine/session-config.js';
import { engineCall, loadEngineAddon } from '#ts/native/engine-addon.js';
import { parseLimits } from '#ts/risk/limits.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { thrownBy } from '../../support/thrown-error.js';

const TIER = { initialFrac: '0.1', maintenanceFrac: '0.05' };
const MARGIN = { tiers: [TIER] };
const BASE = {
  symbol: 'BTC',
  tickSize: '0.5',
  lotSize: '1',
  contractMultiplier: '100',
} satisfies InstrumentOptions;
const OPTION = {
  ...BASE,
  kind: 'option',
  strike: '50000',
  optionRight: 'call',
  expiryMs: 1_767_225_600_000,
} satisfies InstrumentOptions;

/** The instrument as the session hands it to the native core. */
function recordOf(instrument: Instrument): Record<string, unknown> {
  const { json } = sessionConfig({
    strategy: defineStrategy({ name: 'x', onBar: () => undefined }),
    strategyHash: null,
    instruments: [instrument],
    limits: parseLimits(UNLIMITED),
    limitsPreset: null,
    assumptions: assumptionsSchema.parse({}),
    startCash: '1',
    maxOpenOrders: 1,
    seed: 0,
    data: [],
    version: '0',
  });
  return JSON.parse(json).engine.instruments[0];
}

describe('ORD-14: kinds of instruments', () => {
  it.each([
    ['spot', BASE, 'USD'],
    ['linear', { ...BASE, kind: 'linear', perpetual: true, margin: MARGIN }, 'USD'],
    ['inverse', { ...BASE, kind: 'inverse', perpetual: true, margin: MARGIN }, 'BTC'],
    ['option', OPTION, 'USD'],
  ] as const)(
    '%s settles in its currency, and the native core takes it',
    (kind, options, money) => {
      const instrument = Instrument.create(options);
      expect(instrument.kind).toBe(kind);
      expect(instrument.settlementCurrency).toBe(money);
      const spec = JSON.stringify(recordOf(instrument));
      expect(engineCall(() => loadEngineAddon().checkInstrument(spec))).toBe('50');
    },
  );

  it('spot adds nothing to the configuration, so that older journals and hashes stay', () => {
    expect(Object.keys(recordOf(Instrument.create(BASE)))).not.toContain('contract');
    expect(recordOf(Instrument.create({ ...BASE, kind: 'spot' }))).toEqual(
      recordOf(Instrument.create(BASE)),
    );
  });

  it('an inverse contract is a fixed sum of quote currency, owed in base currency', () => {
    const inverse = Instrument.create({ ...BASE, kind: 'inverse', margin: MARGIN });
    const [price, quantity] = [inverse.price('40000'), inverse.quantity(500)];
    expect(inverse.notional(price, quantity).toString()).toBe('50000');
    expect(inverse.settlementNotional(price, quantity).toString()).toBe('1.25');
    expect(inverse.settlementNotional(price, quantity).currency).toBe('BTC');
    // 100 ÷ 3 has no end: the nearest count of 10⁻¹⁸.
    const third = inverse.settlementNotional(inverse.price('3'), inverse.quantity(1));
    expect(third.toString()).toBe('33.333333333333333333');
    const twoThirds = inverse.settlementNotional(inverse.price('3'), inverse.quantity(2));
    expect(twoThirds.toString()).toBe('66.666666666666666667');
    const linear = Instrument.create(BASE);
    expect(linear.settlementNotional(linear.price(3), linear.quantity(1)).toString()).toBe('300');
    const none = thrownBy(() => inverse.settlementNotional(inverse.price(0), quantity));
    expect(none.code).toBe('PRICE_OUT_OF_RANGE');
  });

  const two = (first: object, last: object) => ({
    ...BASE,
    kind: 'linear' as const,
    margin: {
      tiers: [
        { ...TIER, notionalMax: '5', ...first },
        { ...TIER, ...last },
      ],
    },
  });
  it.each<[string, InstrumentOptions]>([
    ['margin', { ...BASE, kind: 'linear' }],
    ['margin', { ...BASE, margin: MARGIN }],
    ['settlementCurrency', { ...BASE, settlementCurrency: 'EUR' }],
    ['settlementCurrency', { ...BASE, kind: 'inverse', margin: MARGIN, settlementCurrency: 'USD' }],
    ['strike', { ...BASE, strike: '5' }],
    ['strike', { ...OPTION, strike: '0' }],
    ['optionRight', { ...BASE, optionRight: 'put' }],
    ['expiryMs', { ...BASE, expiryMs: 1 }],
    ['expiryMs', { ...BASE, kind: 'option', strike: '5', optionRight: 'put' }],
    ['perpetual', { ...OPTION, perpetual: true }],
    ['tickSize', { ...BASE, tickSize: '0.3', kind: 'inverse', margin: MARGIN }],
    ['margin.initialFrac', two({ initialFrac: '0' }, {})],
    ['margin.initialFrac', two({ initialFrac: '0.2' }, {})],
    ['margin.maintenanceFrac', two({ maintenanceFrac: '0.2' }, {})],
    ['margin.maintenanceFrac', two({ maintenanceFrac: '0.06' }, {})],
    ['margin.notionalMax', two({ notionalMax: undefined }, {})],
    ['margin.notionalMax', two({}, { notionalMax: '7' })],
    ['margin.notionalMax', two({ notionalMax: '0' }, {})],
  ])('INSTRUMENT_INVALID: names %s for %o', (field, options) => {
    const error = thrownBy(() => Instrument.create(options));
    expect([error.code, error.context['field']]).toEqual(['INSTRUMENT_INVALID', field]);
  });
});
