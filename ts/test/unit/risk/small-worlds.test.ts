import { describe, expect, it } from 'vitest';

import { playEverySequence } from '../../support/small-world.js';
import { SMALL_WORLDS } from '../../support/small-world-cases.js';

describe('every sequence of three steps with two instruments; four are played by ts/tools/ci/gate-agreement.mjs', () => {
  it.each(SMALL_WORLDS)(
    'has the same verdicts in both gates: %s',
    (_, options) => {
      const { sequences, approved, denied } = playEverySequence(options, 3);
      expect(sequences).toBeGreaterThan(700);
      expect(Math.min(approved, denied)).toBeGreaterThan(40);
    },
    180_000,
  );
});
