import { expect, it } from 'vitest';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { allocateAligned, fromMarketAddon, loadMarketAddon } from '#ts/native/market-addon.js';

it('loads the same addon each time', () => {
  expect(loadMarketAddon()).toBe(loadMarketAddon());
});

it('NAT-18: allocates zeroed shared bytes at a cache line', () => {
  const addon = loadMarketAddon();
  for (const size of [1, 64, 1000, 4096]) {
    const bytes = allocateAligned(addon, size);
    expect(addon.alignmentOffset(bytes, 64)).toBe(0);
    expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  }
});

it('alignmentOffset reaches the next multiple of the alignment', () => {
  const addon = loadMarketAddon();
  const bytes = allocateAligned(addon, 256);
  expect(addon.alignmentOffset(bytes.subarray(1), 64)).toBe(63);
  expect(addon.alignmentOffset(bytes.subarray(63), 64)).toBe(1);
  expect(addon.alignmentOffset(bytes.subarray(4), 8)).toBe(4);
  expect(addon.alignmentOffset(new Uint8Array(16), 1)).toBe(0);
});

it('makes a HoldfastError of an error with a code, and leaves any other value alone', () => {
  const coded = Object.assign(new Error('ring capacity must be a power of two'), {
    code: 'RING_INVALID',
    observed: 12n,
  });
  expect(fromMarketAddon(coded, { capacity: 12 })).toMatchObject({
    name: 'HoldfastError',
    code: 'RING_INVALID',
    message: 'ring capacity must be a power of two, was 12',
    context: { capacity: 12, observed: '12' },
    cause: coded,
  });
  const plain = new TypeError('Illegal invocation');
  const foreign = Object.assign(new Error('no such file'), { code: 'ENOENT' });
  const converted = new HoldfastError('HANDLE_CLOSED', 'ring must be open');
  for (const value of [plain, foreign, converted, 'text', undefined]) {
    expect(fromMarketAddon(value)).toBe(value);
  }
});
