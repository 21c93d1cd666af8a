import { describe, expect, it } from 'vitest';

import type { OverrideAuthority, OverrideRecord } from '#ts/breaker/index.js';
import { thrownBy } from '../../support/thrown-error.js';
import { boom, breakersAt } from './breaker-clock.js';

const DEFAULTS = { failures: 1, minimumCalls: 1, windowMs: 1_000, cooldownMs: 100 };
const REQUEST = { component: 'a', action: 'reset', actor: 'ada', reason: 'venue is back' } as const;

function setting(more: Partial<OverrideAuthority> = {}) {
  const records: OverrideRecord[] = [];
  const authority: OverrideAuthority = {
    authorize: ({ actor }) => actor === 'ada',
    record: (record) => void records.push(record),
    ...more,
  };
  const components = { risk: { protected: true } };
  const { breakers, clock } = breakersAt({ defaults: DEFAULTS, authority, components });
  for (const name of ['a', 'risk']) {
    expect(() => breakers.component(name).runSync(boom)).toThrow('boom');
  }
  return { breakers, clock, records };
}

describe('CB-16: a manual override', () => {
  it('is done once it is authorised and recorded', () => {
    const { breakers, clock, records } = setting();
    expect(breakers.override(REQUEST)).toBe(true);
    expect(breakers.component('a').state).toBe('closed');
    expect(records).toEqual([{ ...REQUEST, outcome: 'granted', atMs: clock.ms }]);
    expect(breakers.changes.at(-1)).toMatchObject({ component: 'a', cause: 'reset', to: 'closed' });
  });

  it('holds a breaker open until it is released', () => {
    const { breakers, clock } = setting();
    breakers.override({ ...REQUEST, action: 'force_open' });
    clock.advance(1_000_000);
    expect(breakers.component('a').allowRequest()).toBe(false);
    expect(breakers.metrics().find(({ component }) => component === 'a')?.held).toBe(true);
    breakers.override({ ...REQUEST, action: 'release' });
    expect(breakers.component('a').allowRequest()).toBe(false);
    clock.advance(100);
    expect(breakers.component('a').allowRequest()).toBe(true);
    expect(breakers.override({ ...REQUEST, action: 'release' })).toBe(false);
  });

  it('is denied without an authority, an actor or a reason, and to somebody else', () => {
    const { breakers, records } = setting();
    const without = breakersAt().breakers;
    expect(thrownBy(() => without.override(REQUEST)).code).toBe('CIRCUIT_OVERRIDE_DENIED');
    for (const wrong of [{ actor: ' ' }, { reason: '' }, { actor: 'eve' }]) {
      const error = thrownBy(() => breakers.override({ ...REQUEST, ...wrong }));
      expect(error.code).toBe('CIRCUIT_OVERRIDE_DENIED');
    }
    const unknown = { ...REQUEST, action: 'explode' as 'reset' };
    expect(thrownBy(() => breakers.override(unknown)).code).toBe('CIRCUIT_OVERRIDE_DENIED');
    expect(breakers.component('a').state).toBe('open');
    expect(records).toMatchObject([{ actor: 'eve', outcome: 'denied' }]);
  });

  it('is denied when the authority throws, answers with something else than true, or keeps no record', () => {
    const promise = Promise.resolve(true) as unknown as boolean;
    for (const authority of [{ authorize: boom }, { authorize: () => promise }, { record: boom }]) {
      const { breakers } = setting(authority);
      expect(thrownBy(() => breakers.override(REQUEST)).code).toBe('CIRCUIT_OVERRIDE_DENIED');
      expect(breakers.component('a').state).toBe('open');
    }
  });

  it.each([() => true, boom])('is forbidden under the discipline profile (%s)', (isForbidden) => {
    const { breakers, records } = setting({ isForbidden });
    const error = thrownBy(() => breakers.override(REQUEST));
    expect(error.code).toBe('CIRCUIT_OVERRIDE_FORBIDDEN');
    expect(records).toMatchObject([{ outcome: 'forbidden' }]);
    expect(breakers.component('a').state).toBe('open');
  });

  it('is forbidden in all threads while somebody said so', () => {
    const { breakers, records } = setting();
    breakers.forbidOverrides(true);
    expect(thrownBy(() => breakers.override(REQUEST)).code).toBe('CIRCUIT_OVERRIDE_FORBIDDEN');
    expect(records.map(({ outcome }) => outcome)).toEqual(['granted', 'forbidden']);
    breakers.forbidOverrides(false);
    expect(breakers.override(REQUEST)).toBe(true);
  });

  it('X-08: closes no breaker of risk', () => {
    const { breakers } = setting();
    const error = thrownBy(() => breakers.override({ ...REQUEST, component: 'risk' }));
    expect(error.code).toBe('CIRCUIT_OVERRIDE_FORBIDDEN');
    const open = { ...REQUEST, component: 'risk', action: 'force_open' } as const;
    expect(breakers.override(open)).toBe(true);
  });
});
