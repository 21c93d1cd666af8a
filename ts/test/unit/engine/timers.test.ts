import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Timers, TIMERS_MAX } from '#ts/engine/timers.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('NAT-28: Timers', () => {
  it('fire once at the first instant at or after their time', () => {
    const timers = new Timers();
    timers.set('once', { atMs: 100 }, 0);
    expect(timers.due(99)).toEqual([]);
    expect(timers.due(100)).toEqual(['once']);
    expect(timers.due(1_000)).toEqual([]);
  });

  it('fire at once when their time has passed already', () => {
    const timers = new Timers();
    timers.set('late', { atMs: 5 }, 50);
    expect(timers.due(50)).toEqual(['late']);
  });

  it('repeat at multiples of their interval, once for however many were missed', () => {
    const timers = new Timers();
    timers.set('tick', { everyMs: 10 }, 3);
    const fired = [12, 13, 14, 23, 47, 52, 53].filter((now) => timers.due(now).length > 0);
    expect(fired).toEqual([13, 23, 47, 53]);
  });

  it('fire in order of their time, earliest first', () => {
    const timers = new Timers();
    timers.set('c', { atMs: 30 }, 0);
    timers.set('a', { atMs: 10 }, 0);
    timers.set('b', { everyMs: 20 }, 0);
    expect(timers.due(100)).toEqual(['a', 'b', 'c']);
  });

  it('are replaced by one of the same name, and cleared by name', () => {
    const timers = new Timers();
    timers.set('x', { atMs: 10 }, 0);
    timers.set('x', { atMs: 90 }, 0);
    expect(timers.due(50)).toEqual([]);
    timers.clear('x');
    timers.clear('nobody');
    expect(timers.due(1_000)).toEqual([]);
  });

  it('never fire early, and every repeated one keeps its rhythm', () => {
    const times = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), times, (everyMs, steps) => {
        const timers = new Timers();
        timers.set('x', { everyMs }, 0);
        let now = 0;
        let served = 0;
        for (const step of steps) {
          now += step;
          const isDue = Math.floor(now / everyMs) > served;
          expect(timers.due(now)).toEqual(isDue ? ['x'] : []);
          served = Math.floor(now / everyMs);
        }
      }),
    );
  });

  it.each([
    { atMs: Number.NaN },
    { atMs: Number.POSITIVE_INFINITY },
    { everyMs: 0 },
    { everyMs: -1 },
    { everyMs: Number.NaN },
    { everyMs: Number.POSITIVE_INFINITY },
  ])('ARGUMENT_INVALID: refuse the schedule %o', (schedule) => {
    const error = thrownBy(() => new Timers().set('x', schedule, 0));
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.context).toEqual({ name: 'x' });
  });

  it('ARC-06, CAPACITY_EXHAUSTED: are bounded; one that is replaced needs no place', () => {
    const timers = new Timers();
    for (let count = 0; count < TIMERS_MAX; count += 1) timers.set(`t${count}`, { atMs: 5 }, 0);
    timers.set('t0', { atMs: 9 }, 0);
    const error = thrownBy(() => timers.set('more', { atMs: 5 }, 0));
    expect(error.code).toBe('CAPACITY_EXHAUSTED');
    expect(error.context).toEqual({ capacity: TIMERS_MAX });
    timers.clear('t0');
    timers.set('more', { atMs: 5 }, 0);
    expect(timers.due(5)).toHaveLength(TIMERS_MAX);
  });
});
