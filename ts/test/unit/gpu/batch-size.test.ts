import { describe, expect, it } from 'vitest';

import { batchWithin, scenariosPerSubmission } from '#ts/gpu/batch-size.js';

const work = { software: 2 ** 24, hardware: 2 ** 31 };

describe('scenarios of a submission', () => {
  it('a card gets 128 times as many as a device that the processor plays', () => {
    expect(scenariosPerSubmission(work, 128, true)).toBe(2 ** 17);
    expect(scenariosPerSubmission(work, 128, false)).toBe(2 ** 24);
  });

  it('are whole multiples of 1,024, and one at least', () => {
    expect(scenariosPerSubmission(work, 1_000, true)).toBe(16 * 1_024);
    expect(scenariosPerSubmission(work, 2 ** 40, false)).toBe(1_024);
  });
});

describe('batchWithin', () => {
  it('holds as many paths at once as fit, and the least submission where even that does not', () => {
    expect(batchWithin(2 ** 26, 4, 1)).toBe(2 ** 24);
    expect(batchWithin(2 ** 26, 300 * 4, 1)).toBe(54 * 1_024);
    expect(batchWithin(2 ** 26, 300 * 4, 32)).toBe(Math.floor((55_924 * 32) / 1_024) * 1_024);
    expect(batchWithin(2 ** 20, 10_000 * 4, 1)).toBe(1_024);
  });
});
