import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { LIMIT_KEYS } from '#ts/core/limit-keys.generated.js';
import { limitsFingerprint } from '#ts/native/limits-check.js';
import {
  limitsRecord,
  limitValues,
  limitsSchema,
  parseLimits,
  parseLimitsJson,
} from '#ts/risk/limits.js';
import { playScript, UNLIMITED } from '../../support/scripted-session.js';
import { rejectionOf, thrownBy } from '../../support/thrown-error.js';

const KEYS = LIMIT_KEYS.filter(({ required }) => required).map(({ name }) => name);
const numeric = LIMIT_KEYS.filter(({ kind }) => kind !== 'flag').map(({ name }) => name);

describe('parseLimits', () => {
  it('takes a value or the word unlimited for each, numbers and text, and keeps them exact', () => {
    expect(parseLimits(UNLIMITED)).toEqual(UNLIMITED);
    expect(parseLimits({ ...UNLIMITED, positionFracMax: 0.15, orderQtyMax: '010.50' })).toEqual({
      ...UNLIMITED,
      positionFracMax: '0.15',
      orderQtyMax: '10.5',
    });
  });

  it('LIMITS_INVALID: has no default for money: each that is missing is named', () => {
    expect(KEYS).toHaveLength(13);
    expect(Object.keys(limitsSchema.shape)).toEqual(expect.arrayContaining(numeric));
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

describe('a document of limits', () => {
  const document = {
    ...UNLIMITED,
    leverageMax: 2,
    strategies: ['trend'],
    assetClasses: { crypto: ['BTC-USD'] },
    groups: { big_tech: ['AAPL', 'MSFT'] },
    calendars: { day: [['0', '10']] },
    tradingHours: 'day',
    scopes: [
      {
        strategy: 'trend',
        assetClass: 'crypto',
        limits: { positionFracMax: '0.1', restricted: true },
      },
    ],
    change: { loosenDelayMs: '60000' },
  };

  it('keeps its structure through the form of a file, and names stay as they are', () => {
    const limits = parseLimits(document);
    const record = limitsRecord(limits);
    expect(record).toMatchObject({
      leverage_max: '2',
      asset_classes: { crypto: ['BTC-USD'] },
      groups: { big_tech: ['AAPL', 'MSFT'] },
      scopes: [
        {
          strategy: 'trend',
          asset_class: 'crypto',
          limits: { position_frac_max: '0.1', restricted: true },
        },
      ],
      change: { loosen_delay_ms: '60000' },
    });
    expect(parseLimitsJson(JSON.stringify(record))).toEqual(limits);
    expect(limitsFingerprint(record)).toMatch(/^[0-9a-f]{64}$/);
    expect(limitValues(limits)['strategies']).toBe('["trend"]');
  });

  it('has a fingerprint that follows the values and not how they are written', () => {
    const print = (leverageMax: string) =>
      limitsFingerprint({ ...limitsRecord(parseLimits(UNLIMITED)), leverage_max: leverageMax });
    expect(print('2.50')).toBe(print('2.5'));
    expect(print('2.5')).not.toBe(print('2.6'));
  });

  it('LIMITS_UNKNOWN_KEY: a limit of the account stands in no scope', () => {
    const scopes = [{ limits: { dailyLossFracMax: '0.1' } }];
    expect(thrownBy(() => parseLimits({ ...UNLIMITED, scopes })).code).toBe('LIMITS_UNKNOWN_KEY');
  });

  it('LIMITS_CONTRADICTORY: limits of which one makes the other pointless are both named', () => {
    const record = limitsRecord(
      parseLimits({ ...UNLIMITED, positionFracMax: '0.9', grossExposureFracMax: '0.8' }),
    );
    const error = thrownBy(() => limitsFingerprint(record));
    expect(error.code).toBe('LIMITS_CONTRADICTORY');
    expect(error.context).toMatchObject({
      field: 'position_frac_max',
      other: 'gross_exposure_frac_max',
    });
  });
});

describe('the JSON Schema', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../docs/limits.schema.json', import.meta.url), 'utf8'),
  ) as { readonly required: string[]; readonly properties: Record<string, unknown> };

  it('has the keys that a file may have, and asks for those that it must have', () => {
    const toSnake = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const keys = Object.keys(limitsSchema.shape).map(toSnake);
    expect(Object.keys(schema.properties).sort()).toEqual(keys.sort());
    expect(schema.required).toEqual(
      LIMIT_KEYS.filter(({ required }) => required).map(({ key }) => key),
    );
  });
});
