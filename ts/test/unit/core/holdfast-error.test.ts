import { describe, expect, it } from 'vitest';

import { CODES, type Code } from '#ts/core/codes.generated.js';
import { HoldfastError, isHoldfastError } from '#ts/core/holdfast-error.js';

describe('HoldfastError', () => {
  it('ARC-07: takes category and retryable from its code, for every code', () => {
    for (const code of Object.keys(CODES) as Code[]) {
      const error = new HoldfastError(code, 'text');
      expect(error).toMatchObject({ name: 'HoldfastError', code, message: 'text', context: {} });
      expect(error.category).toBe(CODES[code].category);
      expect(error.retryable).toBe(CODES[code].retryable);
      expect(error).not.toHaveProperty('cause');
    }
  });

  it('keeps context and cause', () => {
    const cause = new Error('below');
    const error = new HoldfastError('ORDER_INVALID', 'above', { context: { id: 1 }, cause });
    expect(error.context).toEqual({ id: 1 });
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain('above');
  });

  it('prints as plain data', () => {
    const error = new HoldfastError('OUTPUT_IO', 'disk', { context: { path: 'x', sizes: [1, 2] } });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'OUTPUT_IO',
      category: 'infrastructure',
      retryable: true,
      message: 'disk',
      context: { path: 'x', sizes: [1, 2] },
    });
  });

  it('is known also when it comes from another copy of the package', () => {
    class HoldfastErrorOfCopy extends Error {
      override readonly name = 'HoldfastError';
      readonly code = 'ORDER_INVALID';
    }
    expect(isHoldfastError(new HoldfastError('ORDER_INVALID', ''))).toBe(true);
    expect(isHoldfastError(new HoldfastErrorOfCopy())).toBe(true);
    for (const other of [
      new Error('x'),
      { name: 'HoldfastError', code: 'X' },
      null,
      undefined,
      'ORDER_INVALID',
    ]) {
      expect(isHoldfastError(other)).toBe(false);
    }
  });
});

describe('the table of codes', () => {
  it('has a number of its own, a meaning and a remedy for each', () => {
    const entries = Object.values(CODES);
    expect(new Set(entries.map((entry) => entry.number)).size).toBe(entries.length);
    for (const entry of entries) {
      expect(entry.meaning).toMatch(/^[A-Z].*\.$/);
      expect(entry.remedy).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('holds exactly the codes that are known; adding one is a decision', () => {
    expect(Object.keys(CODES)).toHaveLength(190);
  });
});
