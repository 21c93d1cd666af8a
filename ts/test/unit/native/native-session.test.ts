import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { readJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { NativeFixture } from '../../support/native-fixture.js';
import { instrumentOf } from '../../support/instruments.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { thrownBy } from '../../support/thrown-error.js';

describe('NativeSession', () => {
  it('plays bars, judges orders and tells what they caused', () => {
    const { session, notices, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    expect([...session.memory.event]).toEqual([59_999, 10, 10, 10, 10, 1_000, 0, 0]);
    expect(session.memory.markPrice(0)).toBe(10);
    const id = fixture.submit({ lots: 5n });
    expect(id).toBe(1);
    expect(notices.map((notice) => notice.kind)).toEqual(['verdict', 'order', 'order']);
    notices.length = 0;
    fixture.bar(1_010);
    expect(notices.map((notice) => notice.kind)).toEqual(['fill', 'position', 'order']);
    expect(session.memory.positionLots(0)).toBe(5n);
    expect(session.memory.positionQuantity(0)).toBe(5);
    expect(session.memory.positionValue(0)).toBe(50.5);
    expect(session.memory.openCost(0)).toBe(50.5);
    expect(session.memory.account[1]).toBe(99_949.5);
    expect(session.snapshot()).toMatchObject({
      cash: '99949.5',
      equity: '100000',
      fills: 1,
      marks: 2,
      positions: [
        { symbol: 'STOCK', quantity: '5', open_cost: '50.5', value: '50.5', unrealized: '0' },
      ],
    });
    session.dispose();
  });

  it('shows equity and cash as the floats that are nearest to the exact amounts', () => {
    for (const startCash of [
      '100000',
      '0.1',
      '123456.789',
      '99999.999999',
      '1000000',
      '33333.333333',
    ]) {
      const { session } = fixtureOf({ startCash });
      expect([session.memory.account[0], session.memory.account[1]]).toEqual([
        Number(startCash),
        Number(startCash),
      ]);
      session.dispose();
    }
  });

  it('hands out every notice although they do not fit its memory at once', () => {
    const { session, notices, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    const batch = 16;
    let filled = 0;
    for (let round = 0; round < 60; round += 1) {
      for (let order = 0; order < batch; order += 1) fixture.submit({ lots: 1n });
      notices.length = 0;
      fixture.bar(1_000, 0, 1_000_000);
      filled += notices.filter((notice) => notice.kind === 'fill').length;
    }
    expect(filled).toBe(60 * batch);
    expect(session.snapshot().fills).toBe(60 * batch);
    session.dispose();
  });

  it('ORDER_UNKNOWN: refuses to cancel what is not open', () => {
    const { session, notices, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    const id = fixture.submit({ orderType: 1, limitTicks: 500n });
    session.cancel(id, notices);
    expect(notices.at(-1)).toMatchObject({ kind: 'order', status: 'canceled', clientOrderId: id });
    for (const wrong of [id, 99, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(thrownBy(() => session.cancel(wrong, notices)).code).toBe('ORDER_UNKNOWN');
    }
    session.dispose();
  });

  it('ORDER_INVALID, INSTRUMENT_UNKNOWN, ARGUMENT_INVALID: refuses orders that make no sense', () => {
    const { session, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    const cases = [
      ['ORDER_INVALID', { lots: 0n }],
      ['ORDER_INVALID', { lots: -(2n ** 63n) }],
      ['ORDER_INVALID', { orderType: 1 }],
      ['ORDER_INVALID', { limitTicks: 5n }],
      ['ORDER_INVALID', { orderType: 2 }],
      ['ORDER_INVALID', { orderType: 1, limitTicks: 0n }],
      ['ORDER_INVALID', { reduceOnly: true, stopLossTicks: 5n }],
      ['INSTRUMENT_UNKNOWN', { instrument: 7 }],
      ['INSTRUMENT_UNKNOWN', { instrument: -1 }],
      ['ARGUMENT_INVALID', { side: 2 }],
      ['ARGUMENT_INVALID', { orderType: 9 }],
      ['ARGUMENT_INVALID', { timeInForce: 200 }],
    ] as const;
    for (const [code, command] of cases) {
      expect(thrownBy(() => fixture.submit(command)).code, JSON.stringify(String(command))).toBe(
        code,
      );
    }
    expect(fixture.submit({})).toBe(1);
    session.dispose();
  });

  it('EVENT_INVALID: refuses records that are no event, and goes on with the next', () => {
    const { session, notices, events, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    for (const index of [2, 63, 64, 1_000_000, 0xffff_ffff]) {
      expect(thrownBy(() => session.playEvent(index, notices)).code).toBe('EVENT_INVALID');
    }
    const bar = {
      instrument: 0,
      openTicks: 5,
      highTicks: 5,
      lowTicks: 5,
      closeTicks: 5,
      volumeLots: 1,
    };
    events.writeBar(2, { ...bar, tsOpenNs: 0, tsCloseNs: 1 });
    expect(thrownBy(() => session.playEvent(2, notices)).message).toContain(
      'time must not run back',
    );
    events.writeBar(2, { ...bar, instrument: 3, tsOpenNs: 10n ** 12n, tsCloseNs: 2n * 10n ** 12n });
    expect(thrownBy(() => session.playEvent(2, notices)).code).toBe('INSTRUMENT_UNKNOWN');
    fixture.bar(1_001);
    expect(session.snapshot().marks).toBe(2);
    session.dispose();
  });

  it('denies an order whose judgement leaves the range of money', () => {
    const { session, notices, ...fixture } = fixtureOf({ instruments: [instrumentOf('1', '1')] });
    fixture.bar(1_000_000, 0, Number.MAX_SAFE_INTEGER);
    const id = fixture.submit({ lots: 2n ** 62n });
    const verdict = notices.find((notice) => notice.kind === 'verdict');
    expect(verdict).toMatchObject({ clientOrderId: id, failed: [{ code: 'RISK_ARITHMETIC' }] });
    expect(notices.at(-1)).toMatchObject({ kind: 'order', status: 'denied' });
    session.dispose();
  });

  it('HANDLE_CLOSED: refuses every call after dispose, which may be repeated', () => {
    const { session, notices, ...fixture } = fixtureOf();
    fixture.bar(1_000);
    session.dispose();
    session.dispose();
    const calls = [
      () => session.snapshot(),
      () => session.close(notices),
      () => session.cancel(1, notices),
      () => session.noteFailure('ORDER_INVALID', 'text'),
      () => fixture.submit({}),
      () => fixture.bar(1_000),
    ];
    for (const call of calls) expect(thrownBy(call).code).toBe('HANDLE_CLOSED');
  });

  it('writes failures into the journal, under a code that is known', () => {
    const journal = join(temporaryFolder(), 'journal');
    const { session, ...fixture } = fixtureOf({ journalFolder: journal });
    fixture.bar(1_000);
    session.noteFailure('STRATEGY_THREW', 'it threw: größer \u{10348} \ud800');
    session.noteFailure('NO_SUCH_CODE', 'text');
    const closed = session.close([]);
    session.dispose();
    expect(verifyJournal(journal)).toMatchObject({
      records: closed.journal_records,
      head: closed.journal_head,
      closed: true,
    });
    const failures = readJournal(journal, 0, 100).filter((record) => record.kind === 'failure');
    expect(failures.map((record) => record.content['code'])).toEqual([
      'STRATEGY_THREW',
      'ARGUMENT_INVALID',
    ]);
    expect(failures[0]?.content['message']).toContain('größer \u{10348}');
  });

  it('JOURNAL_IO: never writes over a journal', () => {
    const journalFolder = join(temporaryFolder(), 'journal');
    new NativeFixture({ journalFolder }).session.dispose();
    const error = thrownBy(() => new NativeFixture({ journalFolder }));
    expect(error.code).toBe('JOURNAL_IO');
    expect(error.retryable).toBe(true);
    expect(error.context['path']).toContain('000001.journal');
  });

  it('CONFIG_INVALID: opens no journal for a session that cannot begin', () => {
    const journalFolder = join(temporaryFolder(), 'journal');
    expect(thrownBy(() => new NativeFixture({ journalFolder, startCash: '0' })).code).toBe(
      'CONFIG_INVALID',
    );
    expect(thrownBy(() => verifyJournal(journalFolder)).code).toBe('JOURNAL_NOT_FOUND');
  });
});

interface Played {
  readonly session: NativeFixture['session'];
  readonly events: NativeFixture['events'];
  readonly notices: NativeFixture['notices'];
  readonly bar: NativeFixture['bar'];
  readonly submit: NativeFixture['submit'];
}

function fixtureOf(options: ConstructorParameters<typeof NativeFixture>[0] = {}): Played {
  const fixture = new NativeFixture(options);
  const { session, events, notices } = fixture;
  return {
    session,
    events,
    notices,
    bar: (...args) => fixture.bar(...args),
    submit: (command) => fixture.submit(command),
  };
}
