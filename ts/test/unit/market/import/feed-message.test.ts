import { describe, expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { errorMessageOf, reviveError } from '#ts/market/import/feed-message.js';

describe('feed message', () => {
  it('carries code, message, context and cause of an error across threads', () => {
    const error = new HoldfastError('DATA_ROW_INVALID', 'bad row', {
      context: { line: 3, columns: ['a', 'b'] },
      cause: new Error('inner'),
    });
    const revived = reviveError(structuredClone(errorMessageOf(error)));
    expect(revived).toBeInstanceOf(HoldfastError);
    expect(revived.toJSON()).toEqual(error.toJSON());
    expect(revived.cause).toMatchObject({ message: 'inner' });
  });

  it('makes DATA_SOURCE_FAILED of any other thrown value', () => {
    const revived = reviveError(errorMessageOf(new TypeError('no such thing')));
    expect(revived.code).toBe('DATA_SOURCE_FAILED');
    expect(revived.message).toBe('feed worker failed: no such thing');
    expect(revived.cause).toMatchObject({ message: expect.stringContaining('TypeError') });
    expect(reviveError(errorMessageOf('text')).message).toBe('feed worker failed: text');
  });
});
