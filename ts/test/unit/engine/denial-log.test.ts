import { describe, expect, it } from 'vitest';

import { DenialLog } from '#ts/engine/denial-log.js';
import type { FailedCheck, VerdictNotice } from '#ts/native/notice-reader.js';

function verdict(tsMs: number, ...failed: readonly Omit<FailedCheck, 'ageNs'>[]): VerdictNotice {
  return {
    kind: 'verdict',
    tsNs: BigInt(tsMs) * 1_000_000n + 999_999n,
    clientOrderId: 1,
    reducing: false,
    failed: failed.map((check) => ({ ...check, ageNs: 0n })),
    suggestedLots: null,
    limitsMark: 0n,
  };
}

const position = (observed: bigint) =>
  ({ code: 'POSITION_LIMIT_EXCEEDED', limit: 20_000n, observed }) as const;

describe('DenialLog', () => {
  it('counts by control and keeps first, last and the one furthest past its limit', () => {
    const log = new DenialLog();
    log.add(verdict(10, position(30_000n)));
    log.add(
      verdict(20, position(90_000n), { code: 'STOP_LOSS_REQUIRED', limit: 1_000n, observed: 0n }),
    );
    log.add(verdict(30, position(50_000n)));
    expect(log.counts()).toEqual([
      {
        code: 'POSITION_LIMIT_EXCEEDED',
        count: 3,
        firstTsMs: 10,
        lastTsMs: 30,
        worstObserved: '0.09',
        limit: '0.02',
      },
      {
        code: 'STOP_LOSS_REQUIRED',
        count: 1,
        firstTsMs: 20,
        lastTsMs: 20,
        worstObserved: '0',
        limit: '1000',
      },
    ]);
  });

  it('measures a bound from below by its distance as well, and one without a limit by its value', () => {
    const log = new DenialLog();
    const below = (observed: bigint) =>
      ({ code: 'QTY_BELOW_MIN', limit: 10n ** 19n, observed }) as const;
    for (const lots of [5n, 2n, 7n]) log.add(verdict(1, below(lots * 10n ** 18n)));
    log.add(verdict(1, { code: 'RISK_ARITHMETIC', limit: null, observed: 1n }));
    expect(log.counts().map((denial) => [denial.worstObserved, denial.limit])).toEqual([
      ['2', '10'],
      ['1', null],
    ]);
  });

  it('sorts by count and then by code; approvals leave no trace', () => {
    const log = new DenialLog();
    log.add(verdict(1));
    expect(log.counts()).toEqual([]);
    log.add(verdict(1, { code: 'PRICE_STALE', limit: 1n, observed: 2n }));
    log.add(verdict(1, { code: 'DRAWDOWN_EXCEEDED', limit: 1n, observed: 2n }));
    expect(log.counts().map((denial) => denial.code)).toEqual(['DRAWDOWN_EXCEEDED', 'PRICE_STALE']);
  });
});
