import { describe, expect, it } from 'vitest';

import { CONTROL_CODES, CONTROLS } from '#ts/core/controls.generated.js';
import { LIMIT_KEYS } from '#ts/core/limit-keys.generated.js';
import { limitsFingerprint } from '#ts/native/limits-check.js';
import { limitsRecord } from '#ts/risk/limits.js';
import { LIMITS_PRESETS, presetLimits } from '#ts/risk/presets.js';
import { playScript, STOCK, UNLIMITED } from '../../support/scripted-session.js';
import { thrownBy } from '../../support/thrown-error.js';

const PRESET_NAMES = [
  'bot4',
  'lightning',
  'neolight',
  'platform',
  'conservative-crypto',
  'us-equities',
];
const NONE = { ...UNLIMITED, priceAgeMsMax: '60000' };

describe('the presets', () => {
  it('RISK-02 to RISK-05, RISK-13: bot4 is 2 % a position, a stop loss always, 0.7, 15 % drawdown, 110 % margin', () => {
    expect(presetLimits('bot4')).toEqual({
      ...NONE,
      positionFracMax: '0.02',
      drawdownFracMax: '0.15',
      stopLossRequired: true,
      correlationMax: '0.7',
      correlationAgeMsMax: '86400000',
      marginCoverFracMin: '1.1',
    });
  });

  it('RISK-02, RISK-17, RISK-18, RISK-19, RISK-20: lightning has the numbers of the catalogue', () => {
    expect(presetLimits('lightning')).toEqual({
      ...NONE,
      positionFracMax: '0.15',
      dailyTradesMax: '20',
      dailyLossFracMax: '0.05',
      grossExposureFracMax: '0.8',
      ordersPerMinuteMax: '10',
    });
  });

  it('RISK-24: neolight cuts sizes before its hard drawdown limit', () => {
    expect(presetLimits('neolight')).toMatchObject({
      drawdownSoftFracMax: '0.1',
      drawdownFracMax: '0.15',
    });
  });

  it.each(PRESET_NAMES)('%s holds as a whole, and says every limit of money', (name) => {
    const limits = presetLimits(name);
    expect(limitsFingerprint(limitsRecord(limits))).toMatch(/^[0-9a-f]{64}$/);
    for (const key of LIMIT_KEYS.filter(({ required }) => required)) {
      expect(limits[key.name], key.key).toBeDefined();
    }
  });

  it('are exactly these, and each call gives its own', () => {
    expect(LIMITS_PRESETS).toEqual(PRESET_NAMES);
    expect(presetLimits('bot4')).not.toBe(presetLimits('bot4'));
  });

  it.each(['bot5', '', 'toString', '__proto__', 'constructor'])(
    'LIMITS_PRESET_UNKNOWN: refuses %j and names those that exist',
    (name) => {
      const error = thrownBy(() => presetLimits(name));
      expect(error.code).toBe('LIMITS_PRESET_UNKNOWN');
      expect(error.context).toEqual({ name, presets: PRESET_NAMES });
    },
  );
});

describe('the presets in a session', () => {
  const notes: string[] = [];
  const note = (result: { readonly verdict: string; readonly codes?: readonly string[] }) =>
    void notes.push(result.verdict === 'denied' ? (result.codes ?? []).join(' ') : result.verdict);

  it('RISK-02: bot4 allows exactly 2 % of equity, and one lot more is denied', async () => {
    notes.length = 0;
    const days = Array.from({ length: 4 }, () => 10);
    const order = (quantity: number) => ({ quantity, options: { stopLoss: '9' } });
    await playScript(
      days,
      {
        0: (context) => {
          const [most, over] = [order(200), order(201)];
          note(context.buy(over.quantity, over.options));
          note(context.buy(most.quantity, most.options));
          note(context.buy(1, { stopLoss: '9' }));
        },
      },
      { limits: presetLimits('bot4') },
    );
    expect(notes).toEqual(['POSITION_LIMIT_EXCEEDED', 'approved', 'POSITION_LIMIT_EXCEEDED']);
  });

  it('RISK-03: bot4 denies an opening order without a stop loss on its losing side', async () => {
    notes.length = 0;
    await playScript(
      [10, 10],
      {
        0: (context) => {
          note(context.buy(1));
          note(context.buy(1, { stopLoss: '10' }));
          note(context.buy(1, { stopLoss: '11' }));
          note(context.sell(1, { stopLoss: '9' }));
          note(context.sell(1, { stopLoss: '11' }));
        },
      },
      { limits: presetLimits('bot4'), instrument: STOCK },
    );
    expect(notes).toEqual([...Array.from({ length: 4 }, () => 'STOP_LOSS_REQUIRED'), 'approved']);
  });

  it('RISK-20: lightning denies the eleventh order of a minute', async () => {
    notes.length = 0;
    const eleven = (context: Parameters<Parameters<typeof playScript>[1][number]>[0]) => {
      for (let order = 0; order < 11; order += 1) note(context.buy(1));
    };
    await playScript([10, 10, 10], { 0: eleven }, { limits: presetLimits('lightning') });
    expect(notes).toEqual([...Array.from({ length: 10 }, () => 'approved'), 'ORDER_RATE_EXCEEDED']);
  });

  it('RISK-17, RISK-20: a denial names every control that failed, with limit and observed value', async () => {
    const found: unknown[] = [];
    const { result } = await playScript(
      [10, 10],
      { 0: (context) => void found.push(context.buy(20_000)) },
      {
        limits: {
          ...presetLimits('lightning'),
          orderQtyMax: '100',
          orderNotionalQuoteMax: '500.5',
        },
      },
    );
    expect(found).toEqual([
      {
        verdict: 'denied',
        clientOrderId: 1,
        codes: [
          'ORDER_QTY_EXCEEDED',
          'ORDER_NOTIONAL_EXCEEDED',
          'POSITION_LIMIT_EXCEEDED',
          'GROSS_EXPOSURE_EXCEEDED',
        ],
        failed: [
          { code: 'ORDER_QTY_EXCEEDED', unit: 'amount', limit: '100', observed: '20000' },
          { code: 'ORDER_NOTIONAL_EXCEEDED', unit: 'amount', limit: '500.5', observed: '200000' },
          { code: 'POSITION_LIMIT_EXCEEDED', unit: 'fraction', limit: '0.15', observed: '2' },
          { code: 'GROSS_EXPOSURE_EXCEEDED', unit: 'fraction', limit: '0.8', observed: '2' },
        ],
        suggestedQuantity: '50',
      },
    ]);
    expect(result.denials.map((denial) => denial.code)).toEqual([
      'GROSS_EXPOSURE_EXCEEDED',
      'ORDER_NOTIONAL_EXCEEDED',
      'ORDER_QTY_EXCEEDED',
      'POSITION_LIMIT_EXCEEDED',
    ]);
  });
});

describe('the table of controls', () => {
  it('explains every control and its unit', () => {
    expect(Object.keys(CONTROLS)).toEqual([...CONTROL_CODES]);
    for (const code of CONTROL_CODES) {
      expect(['amount', 'fraction', 'count', 'ns', 'ticks']).toContain(CONTROLS[code].unit);
      expect(CONTROLS[code].meaning).toMatch(/\.$/);
    }
  });
});
