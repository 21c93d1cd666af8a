import { describe, expect, it } from 'vitest';

import { limitsRecord, limitsSchema, parseLimits, parseLimitsJson } from '#ts/risk/limits.js';
import { playScript, UNLIMITED } from '../../support/scripted-session.js';
import { rejectionOf, thrownBy } from '../../support/thrown-error.js';

const KEYS = Object.keys(limitsSchema.shape);
const numeric = KEYS.filter((key) => key !== 'stopLossRequired');

describe('parseLimits', () => {
  it('takes a value or the word unlimited for each, numbers and text, and keeps them exact', () => {
    expect(parseLimits(UNLIMITED)).toEqual(UNLIMITED);
    expect(parseLimits({ ...UNLIMITED, positionFracMax: 0.15, orderQtyMax: '010.50' })).toEqual({
      ...UNLIMITED,
      positionFracMax: '0.15',
      orderQtyMax: '10.5',
    });
  });

  it('LIMITS_INVALID: has no default for any: each that is missing is named', () => {
    expect(KEYS).toHaveLength(11);
    for (const key of KEYS) {
      const { [key as 'orderQtyMax']: _, ...rest } = UNLIMITED;
      const error = thrownBy(() => parseLimits(rest));
      expect(error.code).toBe('LIMITS_INVALID');
      expect(error.context['field']).toBe(`limits.${key}`);
    }
  });

  it('LIMITS_UNKNOWN_KEY: refuses a key that does not exist and names the one that was meant', () => {
    const error = thrownBy(() => parseLimits({ ...UNLIMITED, postionFracMax: '0.02' }));
    expect(error.code).toBe('LIMITS_UNKNOWN_KEY');
    expect(error.message).toContain('did you mean "positionFracMax"?');
  });

  it.each([
    'Unlimited',
    'none',
    '',
    '2%',
    'NaN',
    '1e3',
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    [],
  ])('LIMITS_INVALID: refuses %j for every limit', (value) => {
    for (const key of numeric) {
      const error = thrownBy(() => parseLimits({ ...UNLIMITED, [key]: value }));
      expect(error.code, key).toBe('LIMITS_INVALID');
      expect(error.context['field']).toBe(`limits.${key}`);
    }
  });

  it.each([null, undefined, 7, 'bot4', []])('LIMITS_INVALID: refuses %j as limits', (value) => {
    expect(thrownBy(() => parseLimits(value)).code).toBe('LIMITS_INVALID');
  });
});

describe('limits in a session', () => {
  it.each([
    ['dailyLossFracMax', '5'],
    ['drawdownFracMax', '15'],
    ['positionFracMax', '1500'],
    ['positionFracMax', '0'],
    ['grossExposureFracMax', '-0.8'],
    ['priceBandFracMax', '0.0000001'],
    ['orderQtyMax', '0'],
    ['orderNotionalQuoteMax', '-1'],
    ['ordersPerMinuteMax', '1.5'],
    ['ordersPerMinuteMax', '0'],
    ['dailyTradesMax', '0'],
    ['priceAgeMsMax', '0'],
  ])(
    'LIMITS_INVALID: %s of %s, such as a percent by mistake, is refused before anything runs',
    async (key, value) => {
      const error = await rejectionOf(
        playScript([10, 10], {}, { limits: { ...UNLIMITED, [key]: value } }),
      );
      expect(error.code).toBe('LIMITS_INVALID');
      expect(error.context).toMatchObject({ value });
      expect(error.message).toContain(value);
    },
  );
});

describe('the JSON form', () => {
  const json = JSON.stringify(limitsRecord(parseLimits(UNLIMITED)));

  it('has snake_case keys, and reads back what it writes', () => {
    expect(limitsRecord(parseLimits({ ...UNLIMITED, positionFracMax: '0.02' }))).toMatchObject({
      position_frac_max: '0.02',
      stop_loss_required: false,
      price_age_ms_max: 'unlimited',
    });
    expect(parseLimitsJson(json)).toEqual(UNLIMITED);
  });

  it.each(['', '{', 'null', '[]', '"bot4"', '7'])('LIMITS_INVALID: refuses the text %j', (text) => {
    expect(thrownBy(() => parseLimitsJson(text)).code).toBe('LIMITS_INVALID');
  });

  it('LIMITS_UNKNOWN_KEY: names the key of the file as the file spells it', () => {
    const text = json.replace('"position_frac_max"', '"postion_frac_max"');
    const error = thrownBy(() => parseLimitsJson(text));
    expect(error.code).toBe('LIMITS_UNKNOWN_KEY');
    expect(error.context).toMatchObject({ key: 'postion_frac_max', nearest: 'position_frac_max' });
  });

  it('LIMITS_INVALID: names a field of the file as the file spells it', () => {
    const error = thrownBy(() =>
      parseLimitsJson(json.replace('"order_qty_max":"unlimited"', '"order_qty_max":"many"')),
    );
    expect(error.code).toBe('LIMITS_INVALID');
    expect(error.context['field']).toBe('limits.order_qty_max');
  });
});
