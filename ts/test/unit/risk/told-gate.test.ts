import { describe, expect, it } from 'vitest';

import { CONTROL_CODES } from '#ts/core/controls.generated.js';
import { KNOWN_TO_BOTH } from '../../support/gate-limits.js';
import { playToldSequences, type ToldPlayed } from '../../support/told-sequences.js';

const SEQUENCES = 300;

describe('a gate that is told of orders, fills, amendments, doubts, modes, rates and capital', () => {
  const played: ToldPlayed = playToldSequences(1, SEQUENCES);

  it('RISK-29: agrees with the slow reference on every check, verdict, amendment and suggested quantity', () => {
    expect(played.orders).toBeGreaterThan(10 * SEQUENCES);
    expect(Math.min(played.approved, played.suggestions, played.amendments)).toBeGreaterThan(
      SEQUENCES / 2,
    );
    expect(Math.min(played.fills, played.doubts)).toBeGreaterThan(SEQUENCES / 2);
  });

  it('meets every control that reference-gate.test.ts does not, so that all 57 are held against the reference', () => {
    const others = CONTROL_CODES.filter((code) => !KNOWN_TO_BOTH.includes(code));
    expect(CONTROL_CODES).toHaveLength(57);
    expect(others).toHaveLength(15);
    expect(others.filter((code) => (played.codes.get(code) ?? 0) < 5)).toEqual([]);
  });
});
