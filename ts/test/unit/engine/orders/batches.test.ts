import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import type { BatchOrder } from '#ts/native/order-batch.js';
import type { BatchReport } from '#ts/native/report-batch.js';
import { replayJournal } from '#ts/native/journal-tools.js';
import { presetLimits } from '#ts/risk/presets.js';
import { BTC, openEngine } from '../../../support/engine-by-hand.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { thrownBy } from '../../../support/thrown-error.js';

const BUY: BatchOrder = { instrument: 0, side: 'buy', lots: 100, limitTicks: 100_000 };

describe('batches', () => {
  it('judge orders in place, each with an outcome of its own', () => {
    const engine = openEngine({ limits: presetLimits('lightning') });
    const { orderBatch } = engine;
    orderBatch.add({ ...BUY, stopLossTicks: 99_000n });
    orderBatch.add({ ...BUY, lots: 10_000_000 });
    orderBatch.add({ ...BUY, lots: 0 });
    orderBatch.add({ ...BUY, instrument: 7 });
    expect(orderBatch.outcome(0)).toBe('waiting');
    engine.submitBatch();
    const outcomes = [0, 1, 2, 3].map((slot) => [
      orderBatch.outcome(slot),
      orderBatch.code(slot),
      orderBatch.clientOrderId(slot),
    ]);
    expect(outcomes[0]).toEqual(['done', null, 1]);
    expect(outcomes[1]?.[0]).toBe('denied');
    expect(outcomes[1]?.[2]).toBe(2);
    expect(orderBatch.failedCodes(0)).toEqual([]);
    expect(orderBatch.failedCodes(1)).toContain(outcomes[1]?.[1]);
    expect([0, 1, 2].map((slot) => orderBatch.suggestedLots(slot) === null)).toEqual([
      true,
      false,
      true,
    ]);
    expect(outcomes.slice(2)).toEqual([
      ['refused', 'ORDER_INVALID', 0],
      ['refused', 'INSTRUMENT_UNKNOWN', 0],
    ]);
    expect(engine.openOrderCount).toBe(1);
    orderBatch.clear();
    orderBatch.add({ instrument: 0, side: 'sell', lots: 1, reduceOnly: true });
    expect(orderBatch.outcome(0)).toBe('waiting');
    engine.close();
  });

  it('take reports in place, and tell the order and its position after each', () => {
    const engine = openEngine();
    const { orderBatch, reportBatch } = engine;
    orderBatch.add(BUY);
    engine.submitBatch();
    const fill = { kind: 'fill', clientOrderId: 1, lastTicks: 100_000 } as const;
    reportBatch.add({ kind: 'accepted', clientOrderId: 1 });
    reportBatch.add({ ...fill, tradeId: 2n ** 64n - 1n, lastLots: 40, feeUnits: 125, feeScale: 2 });
    reportBatch.add({ ...fill, tradeId: 5, lastLots: 60, instrument: 1 });
    reportBatch.add({ ...fill, tradeId: 6, lastLots: 60, liquiditySide: 'maker', tsNs: 1 });
    engine.applyReports();
    const told = [0, 1, 2, 3].map((slot) => [
      reportBatch.outcome(slot),
      reportBatch.code(slot),
      reportBatch.status(slot),
      reportBatch.cumLots(slot),
      reportBatch.leavesLots(slot),
      reportBatch.positionLots(slot),
    ]);
    expect(told).toEqual([
      ['done', null, 'accepted', 0, 100, 0],
      ['done', null, 'partially_filled', 40, 60, 40],
      ['refused', 'REPORT_MISMATCH', 'partially_filled', 40, 60, 40],
      ['done', null, 'filled', 100, 0, 100],
    ]);
    expect(reportBatch.isInDoubt(3)).toBe(false);
    expect(engine.snapshot().fees).toBe('1.25');
    engine.close();
  });

  it('are left alone by a report that comes alone', () => {
    const engine = openEngine({ batchMax: 1 });
    engine.orderBatch.add(BUY);
    engine.submitBatch();
    engine.reportBatch.add({ kind: 'canceled', clientOrderId: 1 });
    engine.report({ kind: 'accepted', clientOrderId: 1 });
    expect(engine.order(1)?.status).toBe('accepted');
    expect([engine.reportBatch.length, engine.reportBatch.outcome(0)]).toEqual([1, 'waiting']);
    engine.applyReports();
    expect(engine.reportBatch.status(0)).toBe('canceled');
    engine.close();
  });

  it('drain requests in portions, whose bytes can be handed on', () => {
    const engine = openEngine({ batchMax: 2 });
    for (const slot of [0, 1, 2]) {
      engine.orderBatch.clear();
      engine.orderBatch.add({ ...BUY, lots: slot + 1 });
      engine.submitBatch();
    }
    expect(engine.drainBatch()).toBe(true);
    const { requestBatch } = engine;
    expect([requestBatch.length, requestBatch.bytes.length]).toEqual([2, 256]);
    expect([0, 1].map((slot) => requestBatch.clientOrderId(slot))).toEqual([1, 2]);
    expect(engine.drainBatch()).toBe(false);
    expect(requestBatch.read(0)).toMatchObject({ kind: 'place', lots: 3n, limitTicks: 100_000n });
    expect(requestBatch.kind(0)).toBe('place');
    expect(engine.drainBatch()).toBe(false);
    expect(requestBatch.length).toBe(0);
    engine.close();
  });

  it('tell a listener what single calls would', () => {
    const told: EngineEvent[] = [];
    const engine = openEngine({ onEvent: (event) => told.push(event) });
    for (let count = 0; count < 700; count += 1) {
      engine.orderBatch.add({ ...BUY, lots: 1 });
    }
    engine.submitBatch();
    expect(told).toHaveLength(700);
    engine.close();
  });

  it.each([
    [{ ...BUY, lots: 0.5 }, 'ARGUMENT_INVALID'],
    [{ ...BUY, lots: Number.NaN }, 'ARGUMENT_INVALID'],
    [{ ...BUY, limitTicks: 2 ** 53 }, 'ARGUMENT_INVALID'],
    [{ ...BUY, side: 'long' }, 'ORDER_INVALID'],
    [{ ...BUY, orderType: 'iceberg' }, 'ORDER_INVALID'],
    [{ ...BUY, timeInForce: 'fok2' }, 'ORDER_INVALID'],
  ])('refuse the order %j', (order, code) => {
    const engine = openEngine();
    // @ts-expect-error plain JavaScript may pass any order
    expect(thrownBy(() => engine.orderBatch.add(order)).code).toBe(code);
    expect(engine.orderBatch).toHaveLength(0);
    engine.close();
  });

  it.each([
    { kind: 'done', clientOrderId: 1 },
    { kind: 'fill', clientOrderId: 0.5 },
    { kind: 'fill', clientOrderId: 1, feeScale: 19 },
    { kind: 'fill', clientOrderId: 1, feeCurrency: -1 },
    { kind: 'fill', clientOrderId: 1, liquiditySide: 'both' },
    { kind: 'fill', clientOrderId: 1, instrument: 2 ** 32 },
  ])('refuse the report %j', (report) => {
    const engine = openEngine();
    // @ts-expect-error plain JavaScript may pass any report
    expect(thrownBy(() => engine.reportBatch.add(report)).code).toBe('ARGUMENT_INVALID');
    expect(engine.reportBatch).toHaveLength(0);
    engine.close();
  });

  it('have a bound', () => {
    const engine = openEngine({ batchMax: 1 });
    const tooLarge = () => engine.orderBatch.add({ ...BUY, limitTicks: 2n ** 63n });
    expect(thrownBy(tooLarge).code).toBe('ARGUMENT_INVALID');
    engine.orderBatch.add(BUY);
    expect(thrownBy(() => engine.orderBatch.add(BUY)).code).toBe('CAPACITY_EXHAUSTED');
    engine.reportBatch.add({ kind: 'accepted', clientOrderId: 1 });
    const another = () => engine.reportBatch.add({ kind: 'accepted', clientOrderId: 1 });
    expect(thrownBy(another).code).toBe('CAPACITY_EXHAUSTED');
    expect([engine.orderBatch.capacity, engine.reportBatch.capacity]).toEqual([1, 1]);
    engine.close();
  });
});

type Act =
  | { readonly kind: 'order'; readonly order: BatchOrder }
  | { readonly kind: 'report'; readonly report: BatchReport };

const anyOrder: fc.Arbitrary<BatchOrder> = fc.record(
  {
    instrument: fc.constantFrom(0, 0, 0, 1),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    lots: fc.integer({ min: 0, max: 50 }),
    limitTicks: fc.integer({ min: 99_990, max: 100_010 }),
    reduceOnly: fc.boolean(),
    postOnly: fc.boolean(),
    timeInForce: fc.constantFrom('gtc' as const, 'ioc' as const),
  },
  { requiredKeys: ['instrument', 'side', 'lots'] },
);
const anyReport: fc.Arbitrary<BatchReport> = fc.record(
  {
    kind: fc.constantFrom('accepted', 'fill', 'fill', 'fill', 'canceled', 'rejected', 'expired'),
    clientOrderId: fc.integer({ min: 1, max: 12 }),
    tradeId: fc.integer({ min: 0, max: 30 }),
    lastTicks: fc.integer({ min: 99_990, max: 100_010 }),
    lastLots: fc.integer({ min: 0, max: 30 }),
    feeUnits: fc.integer({ min: -50, max: 500 }),
    feeScale: fc.integer({ min: 0, max: 6 }),
    sequence: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ['kind', 'clientOrderId', 'tradeId', 'lastTicks', 'lastLots'] },
);
const anyActs = fc.array(
  fc.oneof(
    anyOrder.map((order): Act => ({ kind: 'order', order })),
    anyReport.map((report): Act => ({ kind: 'report', report })),
  ),
  { minLength: 1, maxLength: 60 },
);

/** Gives the acts to an engine in batches of acts of one kind, at most so many at a time. */
function play(engine: Engine, acts: readonly Act[], portion: number): readonly unknown[] {
  const outcomes: unknown[] = [];
  const { orderBatch, reportBatch } = engine;
  const flush = () => {
    if (orderBatch.length > 0) engine.submitBatch();
    if (reportBatch.length > 0) engine.applyReports();
    for (let slot = 0; slot < orderBatch.length; slot += 1) {
      outcomes.push([orderBatch.outcome(slot), orderBatch.code(slot)]);
    }
    for (let slot = 0; slot < reportBatch.length; slot += 1) {
      outcomes.push([reportBatch.outcome(slot), reportBatch.code(slot)]);
    }
    orderBatch.clear();
    reportBatch.clear();
  };
  for (const act of acts) {
    if (act.kind === 'order') {
      if (reportBatch.length > 0 || orderBatch.length === portion) flush();
      orderBatch.add(act.order);
    } else {
      if (orderBatch.length > 0 || reportBatch.length === portion) flush();
      reportBatch.add(act.report);
    }
  }
  flush();
  return outcomes;
}

/** Gives the acts to an engine one by one, in the form for people. */
function playSingly(engine: Engine, acts: readonly Act[]): readonly unknown[] {
  return acts.map((act) => {
    try {
      if (act.kind === 'report') {
        const { kind, clientOrderId, tradeId = 0, feeUnits, feeScale = 0, sequence } = act.report;
        const amount = Number(feeUnits) / 10 ** feeScale;
        engine.report({
          kind,
          clientOrderId,
          ...(tradeId === 0 ? {} : { tradeId }),
          lastPx: BTC.priceOfTicks(BigInt(act.report.lastTicks ?? 0)),
          lastQty: BTC.quantityOfLots(BigInt(act.report.lastLots ?? 0)),
          ...(feeUnits === undefined ? {} : { fee: { amount } }),
          ...(sequence === undefined ? {} : { sequence }),
        });
        return ['done', null];
      }
      const { limitTicks, lots, instrument, ...words } = act.order;
      const result = engine.submit({
        ...words,
        instrument,
        orderType: limitTicks === undefined ? 'market' : 'limit',
        quantity: BTC.quantityOfLots(BigInt(lots)),
        ...(limitTicks === undefined ? {} : { limitPrice: BTC.priceOfTicks(BigInt(limitTicks)) }),
      });
      return result.verdict === 'approved' ? ['done', null] : ['denied', result.codes[0]];
    } catch (error) {
      return ['refused', (error as { code: string }).code];
    }
  });
}

describe('single calls and batches', () => {
  it('give the same outcomes, state and journal bytes for any acts', () => {
    const folder = temporaryFolder();
    let run = 0;
    const limits = { ...presetLimits('lightning'), stopLossRequired: false };
    fc.assert(
      fc.property(anyActs, fc.integer({ min: 1, max: 64 }), (acts, portion) => {
        run += 1;
        const played = [1, portion, 0].map((size) => {
          const path = join(folder, `${run}-${size}-${Math.random()}`);
          const engine = openEngine({ limits, batchMax: 64, journal: { path, policy: 'os' } });
          const outcomes = size === 0 ? playSingly(engine, acts) : play(engine, acts, size);
          const { state_hash: hash } = engine.close();
          return { path, outcomes, hash, bytes: readFileSync(join(path, '000001.journal')) };
        });
        const [one, many, singly] = played;
        expect(many?.outcomes).toEqual(one?.outcomes);
        expect(many?.hash).toBe(one?.hash);
        expect(many?.bytes.equals(one?.bytes ?? Buffer.of())).toBe(true);
        // What no instrument takes is refused before native code by the single call, and leaves no record.
        const isSame = acts.every((act) => act.kind === 'report' || act.order.instrument === 0);
        if (!isSame) return;
        expect(singly?.outcomes).toEqual(one?.outcomes);
        expect(singly?.hash).toBe(one?.hash);
        expect(singly?.bytes.equals(one?.bytes ?? Buffer.of())).toBe(true);
        if (run % 20 === 0) expect(replayJournal(one?.path ?? '').state_hash).toBe(one?.hash);
      }),
      { numRuns: 200 },
    );
  });
});
