import fc from 'fast-check';

import { HoldfastError } from '#ts/core/holdfast-error.js';
import { Instrument } from '#ts/core/instrument.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import { SymbolActors } from '#ts/engine/orders/symbol-actors.js';
import type { SymbolActorsOptions } from '#ts/engine/orders/symbol-actors-options.js';
import type { OrderBatch } from '#ts/native/order-batch.js';
import type { ReportBatch } from '#ts/native/report-batch.js';
import type { FuseOptions } from '#ts/risk/fuse.js';
import { HandClock } from './engine-by-hand.js';
import { UNLIMITED } from './scripted-session.js';

export const SYMBOLS = ['A', 'B', 'C', 'D', 'E'];
const INSTRUMENTS = SYMBOLS.map((symbol) =>
  Instrument.create({ symbol, tickSize: '0.01', lotSize: '1', baseCurrency: symbol }),
);
export const EPOCH = 3;

/** Three actors with five instruments. */
export function optionsOf(options: Partial<SymbolActorsOptions> = {}): SymbolActorsOptions {
  return {
    instruments: INSTRUMENTS,
    limits: { ...UNLIMITED, orderQtyMax: '60', grossExposureFracMax: '0.9' },
    account: { cash: '100000' },
    orders: { idEpoch: EPOCH },
    actors: [
      { symbols: ['D', 'A'], budget: '50000' },
      { symbols: ['B'], budget: '20000' },
      { symbols: ['C', 'E'], budget: '30000' },
    ],
    clock: new HandClock().read,
    ...options,
  };
}

export function pricesAt(price: string) {
  return SYMBOLS.map((instrument) => ({ instrument, price, quantity: '1', side: 'buy' as const }));
}

/** Opens them at a price of 100. */
export function openActors(options: Partial<SymbolActorsOptions> = {}): SymbolActors {
  const actors = SymbolActors.open(optionsOf(options));
  actors.trades(pricesAt('100'));
  return actors;
}

const order = fc.record({
  instrument: fc.integer({ min: 0, max: SYMBOLS.length }),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  lots: fc.integer({ min: 0, max: 70 }),
  limitTicks: fc.option(fc.integer({ min: 9_500, max: 10_500 }), { nil: undefined }),
});
const report = fc.record({
  kind: fc.constantFrom('accepted', 'fill', 'fill', 'canceled', 'rejected'),
  actor: fc.integer({ min: 0, max: 3 }),
  number: fc.integer({ min: 1, max: 6 }),
  tradeId: fc.integer({ min: 1, max: 20 }),
  lastLots: fc.integer({ min: 1, max: 30 }),
});
const list = fc.record({
  contingency: fc.constantFrom('oco' as const, 'oto' as const, 'bracket' as const),
  /** Two of them are of one actor. */
  symbols: fc.constantFrom(['A', 'A', 'A'], ['B', 'B', 'B'], ['E', 'E', 'E'], ['A', 'B', 'C']),
  quantity: fc.integer({ min: 1, max: 70 }),
});
const amend = fc.record({
  actor: fc.integer({ min: 0, max: 3 }),
  number: fc.integer({ min: 1, max: 6 }),
  quantity: fc.integer({ min: 1, max: 70 }),
});
type DrawnList = typeof list extends fc.Arbitrary<infer Drawn> ? Drawn : never;
type DrawnOrder = typeof order extends fc.Arbitrary<infer Drawn> ? Drawn : never;
type DrawnReport = typeof report extends fc.Arbitrary<infer Drawn> ? Drawn : never;
export interface Round {
  readonly orders: readonly DrawnOrder[];
  readonly reports: readonly DrawnReport[];
  readonly price: number;
  readonly reduces: boolean;
  readonly lists: readonly DrawnList[];
  readonly amends: readonly { actor: number; number: number; quantity: number }[];
  /** Every open order is to be cancelled: of one instrument, or of all. */
  readonly cancels: string | null | undefined;
}
export const rounds = fc.array(
  fc.record<Round>({
    orders: fc.array(order, { maxLength: 12 }),
    reports: fc.array(report, { maxLength: 12 }),
    price: fc.integer({ min: 95, max: 105 }),
    reduces: fc.boolean(),
    lists: fc.array(list, { maxLength: 2 }),
    amends: fc.array(amend, { maxLength: 2 }),
    cancels: fc.constantFrom(undefined, undefined, undefined, null, 'A', 'E'),
  }),
  { minLength: 1, maxLength: 6 },
);

function outcomesOf(batch: OrderBatch | ReportBatch): readonly unknown[] {
  return Array.from({ length: batch.length }, (_, slot) => [
    batch.outcome(slot),
    batch.code(slot),
    'clientOrderId' in batch
      ? [batch.clientOrderId(slot), batch.failedCodes(slot), batch.suggestedLots(slot)]
      : [batch.status(slot), batch.cumLots(slot), batch.leavesLots(slot), batch.positionLots(slot)],
  ]);
}

export interface Played {
  readonly seen: readonly unknown[];
  /** Codes of orders, and status of reports, to tell that what is drawn reaches something. */
  readonly reached: readonly (string | null)[];
}

/** Ceilings that a drawn session meets now and then. */
export const fuses = fc.record<FuseOptions>({
  account: fc.record({ ordersPerMinuteMax: fc.integer({ min: 5, max: 60 }) }),
  repeatsMax: fc.integer({ min: 1, max: 8 }),
  unansweredNotionalMax: fc.integer({ min: 4_000, max: 80_000 }),
});

/** Everything that can be seen of actors that play rounds. */
export function played(threads: number, drawn: readonly Round[], fuse: FuseOptions = {}): Played {
  const [clock, events] = [new HandClock(), [] as EngineEvent[]];
  const onEvent = (event: EngineEvent) => events.push(event);
  const actors = openActors({ threads, clock: clock.read, onEvent, batchMax: 16, fuse });
  const [seen, reached]: [unknown[], (string | null)[]] = [[], []];
  for (const { orders, reports, price, reduces, lists, amends, cancels } of drawn) {
    clock.advance(1_000_000n);
    actors.orderBatch.clear();
    for (const { limitTicks, ...each } of orders) {
      actors.orderBatch.add(limitTicks === undefined ? each : { ...each, limitTicks });
    }
    actors.submitBatch();
    seen.push(outcomesOf(actors.orderBatch));
    reached.push(...orders.map((_, slot) => actors.orderBatch.code(slot)));
    for (let waits = true; waits;) {
      waits = actors.drainBatch();
      seen.push(Buffer.from(actors.requestBatch.bytes).toString('hex'));
    }
    actors.reportBatch.clear();
    for (const { kind, actor, number, tradeId, lastLots } of reports) {
      const clientOrderId = (EPOCH + actor) * 2 ** 32 + number;
      const plain = { kind, clientOrderId } as const;
      actors.reportBatch.add(
        kind === 'fill' ? { ...plain, tradeId, lastLots, lastTicks: price * 100 } : plain,
      );
    }
    actors.applyReports();
    seen.push(outcomesOf(actors.reportBatch));
    reached.push(...reports.map((_, slot) => actors.reportBatch.status(slot)));
    for (const drawnList of lists) {
      const said = saidOf(() => submitted(actors, drawnList));
      seen.push(said);
      reached.push(`list ${typeof said === 'string' ? said : said.verdict}`);
    }
    for (const { actor, number, quantity } of amends) {
      const id = (EPOCH + actor) * 2 ** 32 + number;
      const said = saidOf(() => actors.amend(id, { quantity }));
      seen.push(said);
      reached.push(`amend ${typeof said === 'string' ? said : said.verdict}`);
    }
    if (cancels !== undefined) actors.cancelAll(cancels ?? undefined);
    actors.trades(pricesAt(String(price)));
    if (reduces) actors.setMode('reduced', 'drawn');
    seen.push(actors.figures());
  }
  reached.push(actors.fuse.state);
  seen.push(actors.fuse);
  const closed = actors.close();
  return { seen: [...seen, JSON.stringify(events, asText), closed], reached };
}

/** What a call returns, or the code that it throws. */
function saidOf<Said>(call: () => Said): Said | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
}

function submitted(actors: SymbolActors, { contingency, symbols, quantity }: DrawnList) {
  const entry = { side: 'buy', orderType: 'limit', limitPrice: 99 } as const;
  const stop = { side: 'sell', orderType: 'stop_market', triggerPrice: 90 } as const;
  const target = { side: 'sell', orderType: 'limit', limitPrice: 110 } as const;
  const orders = {
    oco: [stop, target],
    oto: [entry, stop],
    bracket: [entry, stop, target],
  } as const;
  const named = orders[contingency].map((order, index) => ({
    ...order,
    reduceOnly: contingency === 'bracket' && index > 0,
    quantity,
    instrument: symbols[index] ?? '',
  }));
  return actors.submitList(contingency, named);
}

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
