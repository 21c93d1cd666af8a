import { describe, expect, it } from 'vitest';

import { accountRecord, parseAccount } from '#ts/core/account-options.js';
import { runBacktest } from '#ts/engine/backtest.js';
import { barChunks } from '#ts/testing/bar-chunks.js';
import {
  DAY_MS,
  dailyRows,
  playScript,
  scripted,
  STOCK,
  UNLIMITED,
} from '../../support/scripted-session.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('accountRecord', () => {
  it('adds nothing for one netted currency, so that a configuration and its hash stay', async () => {
    expect(accountRecord(parseAccount(), [STOCK])).toBeUndefined();
    expect(accountRecord(parseAccount({ positionMode: 'netting' }), [STOCK])).toBeUndefined();
    const hash = async (account?: object) =>
      (await playScript([10, 10], {}, account === undefined ? {} : { account })).result.configHash;
    expect(await hash({ borrow: [] })).toBe(await hash());
    expect(await hash({ positionMode: 'hedging' })).not.toBe(await hash());
  });

  it('writes what the native core reads, with instruments by their place', () => {
    const rules = parseAccount({
      currency: 'EUR',
      positionMode: 'hedging',
      balances: [{ currency: 'USD', amount: 5 }],
      rateSources: [{ currency: 'USD', symbol: 'STOCK' }],
      rateAgeMsMax: 60_000,
      borrow: [{ currency: 'USD', rateFrac: '0.0001', per: 'day' }],
    });
    expect(accountRecord(rules, [STOCK])).toEqual({
      currency: 'EUR',
      position_mode: 'hedging',
      balances: [{ currency: 'USD', amount: '5' }],
      rate_sources: [{ currency: 'USD', instrument: 0 }],
      rate_age_ms_max: '60000',
      borrow: [{ currency: 'USD', rate_frac: '0.0001', per: 'day' }],
    });
    const stranger = parseAccount({ rateSources: [{ currency: 'USD', symbol: 'NONE' }] });
    expect(thrownBy(() => accountRecord(stranger, [STOCK])).code).toBe('CONFIG_INVALID');
  });

  it('CONFIG_INVALID: for what contradicts itself, here or in the native core', async () => {
    expect(thrownBy(() => parseAccount({ rateAgeMsMax: 0 })).code).toBe('CONFIG_INVALID');
    const { strategy } = scripted({});
    const chunks = barChunks(dailyRows([10]), { instruments: [STOCK], intervalMs: DAY_MS });
    const session = runBacktest({
      strategy,
      data: { instruments: [STOCK], chunks },
      limits: UNLIMITED,
      account: { balances: [{ currency: 'EUR', amount: '1' }] },
    });
    await expect(session).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
