import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { CapitalGovernor, type CapitalPlan } from '#ts/risk/capital-governor.js';
import { secondKeyHash } from '#ts/native/limits-check.js';
import { LIMIT_BUY, openEngine } from '../../support/engine-by-hand.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const NAMES = ['trend', 'carry'];
const limits = {
  ...UNLIMITED,
  strategies: NAMES,
  change: { secondKeyHash: secondKeyHash('two people') },
};

class Holder {
  readonly plans: CapitalPlan[] = [];

  planCapital(plan: CapitalPlan): void {
    this.plans.push(plan);
  }
}

describe('RISK-25: the capital governor', () => {
  it('divides by volatility within bounds, and what it gives is a limit of the engine', () => {
    const path = join(temporaryFolder(), 'journal');
    const engine = openEngine({ limits, journal: { path, policy: 'os' } });
    const governor = new CapitalGovernor(NAMES, {
      rule: 'inverse_volatility',
      reserveFrac: '0.1',
      strategies: { trend: { minFrac: '0.4' } },
    });
    governor.weigh({ trend: 0.3, carry: '0.1' });
    governor.rebalance(engine);
    expect(engine.allocations()).toEqual(['400000', '500000']);
    const result = engine.submit(LIMIT_BUY);
    expect(result).toMatchObject({ verdict: 'denied', codes: ['CAPITAL_ALLOCATION_EXCEEDED'] });
    const { state_hash: stateHash } = engine.close();
    expect(replayJournal(path).state_hash).toBe(stateHash);
    const records = readJournal(path, 0, 100_000);
    const planned = records.find(({ kind }) => kind === 'capital_planned');
    expect(planned?.content).toMatchObject({ rule: 'inverse_volatility', reserve_frac: '0.1' });
  });

  it('takes away at once, and gives with the second key only', () => {
    const engine = openEngine({ limits });
    const shares = (trend: string, carry: string) =>
      new CapitalGovernor(NAMES, {
        rule: 'fixed',
        reserveFrac: 0,
        strategies: { trend: { frac: trend }, carry: { amount: carry } },
      });
    expect(engine.allocations()).toEqual([]);
    shares('0.5', '200000').rebalance(engine);
    shares('0.3', '200000').rebalance(engine);
    expect(engine.allocations()).toEqual(['300000', '200000']);
    const more = shares('0.4', '200000');
    expect(thrownBy(() => more.rebalance(engine)).code).toBe('LIMITS_LOOSENING_DENIED');
    const wrong = thrownBy(() => more.rebalance(engine, { secondKey: 'one' }));
    expect(wrong.code).toBe('LIMITS_LOOSENING_DENIED');
    expect(engine.allocations()).toEqual(['300000', '200000']);
    more.rebalance(engine, { secondKey: 'two people' });
    expect(engine.allocations()).toEqual(['400000', '200000']);
    const tooMuch = shares('0.9', '200000');
    expect(thrownBy(() => tooMuch.rebalance(engine)).code).toBe('LIMITS_CONTRADICTORY');
  });

  it('divides at its moments and at no other', () => {
    const equal = { rule: 'equal', reserveFrac: '0.2', strategies: {} } as const;
    const holder = new Holder();
    const daily = new CapitalGovernor(NAMES, { ...equal, rebalance: 'daily' });
    const day = Date.UTC(2026, 2, 2);
    const times = [day, day + 1, day + 86_399_999, day + 86_400_000, day, day + 2 * 86_400_000];
    expect(times.map((time) => daily.observe(time, holder))).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
    const weekly = new CapitalGovernor(NAMES, { ...equal, rebalance: 'weekly' });
    const weeks = [day, day + 6 * 86_400_000, day + 7 * 86_400_000];
    expect(weeks.map((time) => weekly.observe(time, holder))).toEqual([true, false, true]);
    const byHand = new CapitalGovernor(NAMES, equal);
    expect([byHand.observe(day, holder), byHand.observe(day * 2, holder)]).toEqual([true, false]);
    expect(holder.plans).toHaveLength(6);
    expect(holder.plans[0]).toEqual({
      rule: 'equal',
      reserve_frac: '0.2',
      strategies: [{}, {}],
    });
  });

  it('is of the strategies that the limits name, and takes plain decimals', () => {
    const score = { rule: 'score', reserveFrac: '0', strategies: {} } as const;
    const stranger = () => new CapitalGovernor(NAMES, { ...score, strategies: { mean: {} } });
    expect(thrownBy(stranger).code).toBe('LIMITS_UNKNOWN_KEY');
    const governor = new CapitalGovernor(NAMES, score);
    expect(thrownBy(() => governor.weigh({ mean: 1 })).code).toBe('LIMITS_UNKNOWN_KEY');
    expect(thrownBy(() => governor.weigh({ trend: Number.NaN })).code).toBe('LIMITS_INVALID');
    const wrong = { ...score, reserveFrac: 'some' };
    expect(thrownBy(() => new CapitalGovernor(NAMES, wrong)).code).toBe('LIMITS_INVALID');
    const unweighed = thrownBy(() => governor.rebalance(openEngine({ limits })));
    expect(unweighed.code).toBe('LIMITS_INVALID');
  });
});
