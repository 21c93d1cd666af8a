import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { limitsFingerprint, secondKeyHash } from '#ts/native/limits-check.js';
import { readJournal, replayJournal } from '#ts/native/journal-tools.js';
import { limitsRecord, parseLimits } from '#ts/risk/limits.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { UNLIMITED } from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

const KEY = 'open sesame';
const CHANGE = { change: { loosenDelayMs: '60000', secondKeyHash: secondKeyHash(KEY) } };
const limitsOf = (orderQtyMax: string) =>
  limitsRecord(parseLimits({ ...UNLIMITED, orderQtyMax, ...CHANGE }));

describe('limits of a session that runs', () => {
  const folder = join(temporaryFolder(), 'journal');
  const fixture = new NativeFixture({
    journalFolder: folder,
    limits: { ...UNLIMITED, orderQtyMax: '10', ...CHANGE },
  });
  const { session, notices } = fixture;
  const codes = () => notices.flatMap((each) => (each.kind === 'verdict' ? each.failed : []));
  const denied = (lots: bigint) => {
    notices.length = 0;
    fixture.submit({ lots });
    return codes().map(({ code }) => code);
  };

  it('tighten at once, loosen after their delay or with the key', () => {
    fixture.bar(1_000);
    expect(denied(11n)).toEqual(['ORDER_QTY_EXCEEDED']);
    session.changeLimits(limitsOf('5'));
    expect(session.limitsInForce()).toBe(limitsFingerprint(limitsOf('5')));
    expect(denied(6n)).toEqual(['ORDER_QTY_EXCEEDED']);
    session.changeLimits(limitsOf('20'), KEY);
    expect(denied(20n)).toEqual([]);
    session.changeLimits(limitsOf('30'));
    expect(denied(21n)).toEqual(['ORDER_QTY_EXCEEDED']);
    fixture.bar(1_000);
    fixture.bar(1_000);
    expect(denied(30n)).toEqual([]);
    const until = BigInt(Math.round((session.memory.event[0] ?? 0) * 1e6)) + 60_000_000_000n;
    session.changeLimits(limitsOf('40'), KEY, until);
    expect(denied(40n)).toEqual([]);
    fixture.bar(1_000);
    fixture.bar(1_000);
    expect(denied(31n)).toEqual(['ORDER_QTY_EXCEEDED']);
  });

  it('LIMITS_LOOSENING_DENIED: a wrong key opens nothing', () => {
    const wrong = thrownBy(() => session.changeLimits(limitsOf('90'), 'open barley'));
    expect(wrong.code).toBe('LIMITS_LOOSENING_DENIED');
  });

  it('hear of signals, and refuse what is none', () => {
    session.gateSignal({ number: 0, target: 0, value: 1 });
    expect(denied(1n)).toEqual(['INSTRUMENT_HALTED']);
    session.gateSignal({ number: 0, target: 0, value: 0 });
    expect(denied(1n)).toEqual([]);
    const unknown = thrownBy(() => session.gateSignal({ number: 9, target: 0, value: 0 }));
    expect(unknown.code).toBe('ARGUMENT_INVALID');
    const instrument = thrownBy(() => session.gateSignal({ number: 0, target: 7, value: 1 }));
    expect(instrument.code).toBe('INSTRUMENT_UNKNOWN');
  });

  it('stand in the journal, and are replayed', () => {
    session.close(notices);
    session.dispose();
    const causes = readJournal(folder, 0, 1_000)
      .filter(({ kind }) => kind === 'limits_changed')
      .map(({ content }) => (content as { readonly cause: string }).cause);
    expect(causes).toEqual([
      'tightened',
      'loosened_by_key',
      'loosening_waits',
      'loosened_by_delay',
      'loosened_by_key',
      'ended',
    ]);
    expect(replayJournal(folder).compared_with_close).toBe(true);
  });
});
