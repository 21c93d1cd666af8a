import { expect, it } from 'vitest';

import { limitsFingerprint } from '#ts/native/limits-check.js';
import { limitsRecord } from '#ts/risk/limits.js';
import { presetLimits } from '#ts/risk/presets.js';
import { thrownBy } from '../../support/thrown-error.js';

it('limits are known by a fingerprint, and refused with a code', () => {
  const record = limitsRecord(presetLimits('bot4'));
  expect(limitsFingerprint(record)).toBe(limitsFingerprint({ ...record }));
  const broken = { ...record, leverage_max: '-1' };
  expect(thrownBy(() => limitsFingerprint(broken)).code).toBe('LIMITS_INVALID');
  const unknown = { ...record, scopes: [{ limits: { leverag_max: '1' } }] };
  expect(thrownBy(() => limitsFingerprint(unknown)).code).toBe('LIMITS_UNKNOWN_KEY');
});
