import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fuseStatus, resetFuse } from '#ts/native/fuse-latch.js';
import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const person = { by: 'ada', reason: 'looked at it', nowMs: 5 };

describe('the latch of a fuse', () => {
  it('is armed where none was written, and remembers who reset it', () => {
    const folder = temporaryFolder();
    expect(fuseStatus(folder)).toEqual({ state: 'armed', trip: null, resets: [] });
    const status = resetFuse(folder, person);
    const reset = { by: 'ada', reason: 'looked at it', ts_ns: '5000000', tripped: null };
    expect(status).toEqual({ state: 'armed', trip: null, resets: [reset] });
    expect(fuseStatus(folder)).toEqual(status);
  });

  it('cannot be read when a byte is missing, and is written anew by a reset', () => {
    const folder = temporaryFolder();
    resetFuse(folder, person);
    const whole = readFileSync(join(folder, 'fuse.latch'), 'utf8');
    writeInto(folder, 'fuse.latch', whole.slice(0, -2));
    const error = thrownBy(() => fuseStatus(folder));
    expect(error.code).toBe('FUSE_LATCH_UNUSABLE');
    expect(resetFuse(folder, person).resets).toHaveLength(1);
    expect(fuseStatus(folder).state).toBe('armed');
  });

  it('is not reset without a name and a reason, or where there is no folder', () => {
    const folder = temporaryFolder();
    expect(thrownBy(() => resetFuse(folder, { ...person, by: ' ' })).code).toBe('ARGUMENT_INVALID');
    const nameless = thrownBy(() => resetFuse(folder, { ...person, reason: '' }));
    expect(nameless.code).toBe('ARGUMENT_INVALID');
    expect(thrownBy(() => fuseStatus(join(folder, 'none'))).code).toBe('JOURNAL_NOT_FOUND');
  });
});
