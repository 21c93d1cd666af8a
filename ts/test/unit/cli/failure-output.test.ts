import { describe, expect, it } from 'vitest';

import { failureJson, failureText } from '#ts/cli/failure-output.js';
import { CODES } from '#ts/core/codes.generated.js';
import { HoldfastError } from '#ts/core/holdfast-error.js';

const error = new HoldfastError('DATA_COLUMN_MISSING', 'column close is missing', {
  context: { column: 'close' },
});

describe('failureText', () => {
  it('gives code, message and the way out', () => {
    expect(failureText(error)).toBe(
      `error DATA_COLUMN_MISSING: column close is missing\n  ${CODES.DATA_COLUMN_MISSING.remedy}`,
    );
  });

  it('gives the way out that the place of the failure knows, before that of the code', () => {
    const context = { remedy: 'Mend line 7.' };
    const own = new HoldfastError('DATA_ROW_INVALID', 'row 7 is wrong', { context });
    expect(failureText(own)).toBe('error DATA_ROW_INVALID: row 7 is wrong\n  Mend line 7.');
    expect(JSON.parse(failureJson(own))).toMatchObject({ error: { remedy: 'Mend line 7.' } });
  });

  it('gives any other error with its stack, and any other value as text', () => {
    const other = new TypeError('x is not a function');
    expect(failureText(other)).toBe(other.stack);
    delete other.stack;
    expect(failureText(other)).toBe('x is not a function');
    expect(failureText('text')).toBe('text');
    expect(failureText(undefined)).toBe('undefined');
  });
});

describe('failureJson', () => {
  it('is one line of JSON with all that the error says', () => {
    expect(failureJson(error)).not.toContain('\n');
    expect(JSON.parse(failureJson(error))).toEqual({
      error: {
        code: 'DATA_COLUMN_MISSING',
        category: 'data',
        retryable: false,
        message: 'column close is missing',
        context: { column: 'close' },
        remedy: CODES.DATA_COLUMN_MISSING.remedy,
      },
    });
  });

  it('has no code for an error that is not ours', () => {
    expect(JSON.parse(failureJson(new Error('x')))).toEqual({
      error: { code: null, message: 'x' },
    });
    expect(JSON.parse(failureJson(7))).toEqual({ error: { code: null, message: '7' } });
  });
});
