import { describe, expect, it } from 'vitest';

import { scenariosPerSubmission } from '#ts/gpu/batch-size.js';

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
