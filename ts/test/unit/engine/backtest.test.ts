import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { Instrument } from '#ts/core/instrument.js';
import { runBacktest } from '#ts/engine/backtest.js';
import type { BacktestProgress, DataChunks } from '#ts/engine/backtest-options.js';
import { buildSummary, summaryText } from '#ts/engine/report/summary.js';
import { readJournal, replayJournal, verifyJournal } from '#ts/native/journal-tools.js';
import { presetLimits } from '#ts/risk/presets.js';
import { defineStrategy } from '#ts/strategies/strategy.js';
import { barChunks } from '#ts/testing/bar-chunks.js';
import { randomWalkBars } from '#ts/testing/random-walk-bars.js';
import {
  DAY_MS,
  dailyRows,
  fillText,
  FRICTIONLESS,
  playScript,
  scripted,
  STOCK,
  UNLIMITED,
} from '../../support/scripted-session.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { rejectionOf } from '../../support/thrown-error.js';

const folder = temporaryFolder();
const idle = defineStrategy({ name: 'idle', onBar: () => undefined });
const oneBar: DataChunks = {
  instruments: [STOCK],
  chunks: barChunks(dailyRows([10]), { instruments: [STOCK], intervalMs: DAY_MS }),
};
const trading = defineStrategy({
  name: 'trading',
  onBar(bar, context) {
    if (context.random() < 0.1)
      context.buy(1 + Math.floor(context.random() * 5), {
        stopLoss: context.instrument.floorPrice(bar.close * 0.99),
      });
    else if (context.random() < 0.2) context.closePosition();
  },
});
const walk = (bars: number, seed = 1): DataChunks => ({
  instruments: [STOCK],
  chunks: randomWalkBars({ seed, bars }),
});

describe('the options of runBacktest', () => {
  const run = (change: Record<string, unknown>) =>
    rejectionOf(
      runBacktest({
        strategy: idle,
        data: oneBar,
        limits: UNLIMITED,
        ...change,
      }),
    );

  it.each([
    ['STRATEGY_INVALID', { strategy: undefined }],
    ['STRATEGY_INVALID', { strategy: { name: 'x' } }],
    ['LIMITS_INVALID', { limits: undefined }],
    ['LIMITS_INVALID', { limits: {} }],
    ['LIMITS_UNKNOWN_KEY', { limits: { ...UNLIMITED, maxLoss: '1' } }],
    ['CONFIG_UNKNOWN_KEY', { assumptions: { slipageBps: '1' } }],
    ['CONFIG_INVALID', { assumptions: { slippageBps: 'much' } }],
    ['CONFIG_INVALID', { assumptions: { slippageBps: '-1' } }],
    ['CONFIG_INVALID', { assumptions: { slippageBps: '0.001' } }],
    ['CONFIG_INVALID', { assumptions: { takerFeeBps: '2000' } }],
    ['CONFIG_INVALID', { assumptions: { feePerUnit: '-0.01' } }],
    ['CONFIG_INVALID', { assumptions: { participationFracMax: '1.5' } }],
    ['CONFIG_INVALID', { assumptions: { limitFill: 'maybe' } }],
    ['CONFIG_INVALID', { assumptions: { latencyMs: 0.5 } }],
    ['CONFIG_INVALID', { assumptions: { latencyMs: -1 } }],
    ['CONFIG_INVALID', { assumptions: { fundingIntervalH: 0 } }],
    ['CONFIG_INVALID', { seed: -1 }],
    ['CONFIG_INVALID', { seed: 0.5 }],
    ['CONFIG_INVALID', { cash: '0' }],
    ['CONFIG_INVALID', { cash: -5 }],
    ['DECIMAL_INVALID', { cash: 'plenty' }],
    ['DECIMAL_INVALID', { cash: Number.NaN }],
    ['AMOUNT_TOO_PRECISE', { cash: '0.0000000000000000001' }],
    ['AMOUNT_OVERFLOW', { cash: '1000000000000000000000' }],
    ['CONFIG_INVALID', { maxOpenOrders: 0 }],
    ['CONFIG_INVALID', { maxOpenOrders: 1e9 }],
    ['CONFIG_INVALID', { maxOpenOrders: 1.5 }],
    ['CONFIG_INVALID', { data: [] }],
    ['CONFIG_INVALID', { data: { instruments: [], chunks: [] } }],
    ['DATA_EMPTY', { data: { instruments: [STOCK], chunks: [] } }],
    ['DATA_EMPTY', { data: { instruments: [STOCK], ticks: [] } }],
  ])('%s: refuses %o', async (code, change) => {
    expect((await run(change)).code).toBe(code);
  });

  it('CONFIG_UNKNOWN_KEY: refuses an option that does not exist, such as costs beside the assumptions', async () => {
    const error = await run({ assumption: { slippageBps: '50' } });
    expect(error.code).toBe('CONFIG_UNKNOWN_KEY');
    expect(error.context).toMatchObject({ key: 'assumption', nearest: 'assumptions' });
  });

  it('TST-08: CONFIG_INVALID: refuses data of no known shape', async () => {
    const shapes = [undefined, null, {}, 'prices.csv', { instruments: [STOCK] }, { chunks: [] }];
    for (const data of [
      ...shapes,
      { instruments: [{ symbol: 'X' }], chunks: [] },
      { instruments: [STOCK], chunks: 5 },
    ]) {
      expect((await run({ data })).code).toBe('CONFIG_INVALID');
    }
  });

  it('leave nothing on the disk when they are wrong', async () => {
    const out = join(folder, 'refused');
    await run({ out, seed: -1 });
    await run({ out, limits: {} });
    await run({ out, assumptions: { latencyMs: -1 } });
    expect(existsSync(out)).toBe(false);
  });

  it('take limits from the strategy when the session names none', async () => {
    const own = defineStrategy({
      name: 'own',
      limits: presetLimits('bot4'),
      onBar: () => undefined,
    });
    const result = await runBacktest({ strategy: own, data: oneBar });
    expect(result.limits).toMatchObject({
      preset: null,
      positionFracMax: 0.02,
      dailyTradesMax: 'unlimited',
    });
    const other = await runBacktest({
      strategy: own,
      data: oneBar,
      limits: presetLimits('lightning'),
      limitsPreset: 'lightning',
    });
    expect(other.limits).toMatchObject({
      preset: 'lightning',
      positionFracMax: 0.15,
      dailyTradesMax: 20,
    });
  });
});

describe('SIM-08: the same session twice', () => {
  it('gives the same summary, the same state, the same journal and the same tables', async () => {
    const runs = ['one', 'two'].map((name) => join(folder, name));
    const texts: string[] = [];
    for (const out of runs) {
      const result = await runBacktest({
        strategy: trading,
        data: walk(3_000),
        limits: UNLIMITED,
        seed: 9,
        out,
      });
      expect(result.fillCount).toBeGreaterThan(100);
      texts.push(summaryText(buildSummary(result)));
    }
    expect(texts[0]).toBe(texts[1]);
    const files = [
      'summary.json',
      'orders.csv',
      'fills.csv',
      'equity.csv',
      'report.html',
      'journal/000001.journal',
    ];
    for (const file of files) {
      const [one, two] = runs.map((out) => readFileSync(join(out, file)));
      expect(one !== undefined && two !== undefined && one.equals(two), file).toBe(true);
    }
  });

  it('replays from its journal to the state it ended in', async () => {
    const out = join(folder, 'replayed');
    const result = await runBacktest({
      strategy: trading,
      data: walk(2_000, 5),
      limits: UNLIMITED,
      seed: 2,
      out,
    });
    expect(replayJournal(join(out, 'journal'))).toMatchObject({
      state_hash: result.stateHash,
      compared_with_close: true,
      journal: { records: result.journal.records, head: result.journal.head, closed: true },
    });
  });

  it('gives the same although the strategy writes into its parameters, or it may not write there', async () => {
    const greedy = defineStrategy({
      name: 'greedy',
      params: { bars: 0 },
      onBar(_, context) {
        Object.assign(context.params, { bars: context.params.bars + 1 });
        if (context.params.bars % 7 === 3) context.buy(1);
      },
    });
    const play = () =>
      runBacktest({ strategy: greedy, data: walk(100), limits: UNLIMITED }).then(
        (result) => result.stateHash,
        (error: unknown) => (error as { code?: unknown }).code,
      );
    expect(await play()).toBe(await play());
  });

  it('is another with another seed, other data, other limits or other costs', async () => {
    const base = { strategy: trading, data: walk(500), limits: UNLIMITED };
    const runs = await Promise.all([
      runBacktest(base),
      runBacktest({ ...base, seed: 1 }),
      runBacktest({ ...base, data: walk(500, 2) }),
      runBacktest({ ...base, limits: presetLimits('lightning') }),
      runBacktest({ ...base, assumptions: { takerFeeBps: '9' } }),
    ]);
    expect(new Set(runs.map((run) => run.stateHash)).size).toBe(5);
    expect(new Set(runs.map((run) => run.sessionId)).size).toBe(4);
    expect(runs[0]?.dataHash).toBe('in-memory');
  });

  it('does not depend on whether it writes a journal, or files at all', async () => {
    const base = { strategy: trading, data: walk(500), limits: UNLIMITED };
    const [bare, quiet, tableless] = [
      await runBacktest(base),
      await runBacktest({ ...base, out: join(folder, 'quiet'), journal: false }),
      await runBacktest({ ...base, out: join(folder, 'tableless'), tables: false }),
    ];
    expect(bare.journal).toEqual({ records: 0, head: 'none' });
    expect([quiet.stateHash, tableless.stateHash]).toEqual([bare.stateHash, bare.stateHash]);
    expect(readdirSync(join(folder, 'quiet')).sort()).toEqual([
      'equity.csv',
      'fills.csv',
      'orders.csv',
      'report.html',
      'summary.json',
    ]);
    expect(readdirSync(join(folder, 'tableless'))).toEqual(['journal']);
    expect(verifyJournal(join(folder, 'tableless', 'journal')).closed).toBe(true);
  });
});

describe('progress and the end', () => {
  it('reports how far it has come, at least at the end, without a length for data in memory', async () => {
    const heard: BacktestProgress[] = [];
    await runBacktest({
      strategy: idle,
      data: walk(40_000),
      limits: UNLIMITED,
      onProgress: (progress) => heard.push(progress),
    });
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.at(-1)?.events).toBe(40_000);
    expect(
      heard.every(
        ({ doneFrac, equity }) => Number.isNaN(doneFrac) && Math.abs(equity - 100_000) < 1e-6,
      ),
    ).toBe(true);
    const events = heard.map((progress) => progress.events);
    expect([...events].sort((a, b) => a - b)).toEqual(events);
  });

  it('stops at an abort, and what was done so far is closed properly', async () => {
    const out = join(folder, 'aborted');
    const abort = new AbortController();
    const reason = new Error('enough');
    const running = runBacktest({
      strategy: trading,
      data: walk(10_000_000),
      limits: UNLIMITED,
      out,
      signal: abort.signal,
      onProgress: ({ events }) => void (events > 30_000 && abort.abort(reason)),
    });
    await expect(running).rejects.toBe(reason);
    const { records, closed } = verifyJournal(join(out, 'journal'));
    expect(closed).toBe(true);
    expect(records).toBeGreaterThan(30_000);
    expect(readFileSync(join(out, 'equity.csv'), 'utf8').split('\n').length).toBeGreaterThan(20);
    const failure = readJournal(join(out, 'journal'), records - 5, 5).find(
      (record) => record.kind === 'failure',
    );
    // It was stopped from outside: nothing that the strategy did.
    expect(failure?.content['message']).toBe('enough');
    expect(failure?.content['code']).toBe('SESSION_ABORTED');
  });

  it('plays nothing when it was aborted before it began', async () => {
    const signal = AbortSignal.abort(new Error('never'));
    let bars = 0;
    const counting = defineStrategy({ name: 'counting', onBar: () => void (bars += 1) });
    const running = runBacktest({
      strategy: counting,
      data: walk(100_000),
      limits: UNLIMITED,
      signal,
    });
    await expect(running).rejects.toThrow('never');
    expect(bars).toBeLessThan(20_000);
  });

  it('lets go of the data of the caller when it fails', async () => {
    let isClosed = false;
    function* chunks() {
      try {
        for (;;) yield* randomWalkBars({ seed: 1, bars: 512 });
      } finally {
        isClosed = true;
      }
    }
    // The second chunk goes back in time.
    const error = await rejectionOf(
      runBacktest({
        strategy: idle,
        data: { instruments: [STOCK], chunks: chunks() },
        limits: UNLIMITED,
      }),
    );
    expect(error.code).toBe('EVENT_INVALID');
    expect(isClosed).toBe(true);
  });

  it('DATA_EMPTY: leaves a journal that is intact and tells why', async () => {
    const out = join(folder, 'empty');
    await rejectionOf(
      runBacktest({
        strategy: idle,
        data: { instruments: [STOCK], chunks: [] },
        limits: UNLIMITED,
        out,
      }),
    );
    const { records, closed } = verifyJournal(join(out, 'journal'));
    expect(closed).toBe(true);
    const kinds = readJournal(join(out, 'journal'), 0, records).map((record) => record.kind);
    expect(kinds).toEqual(['session_opened', 'failure', 'session_closed']);
    expect(replayJournal(join(out, 'journal')).compared_with_close).toBe(true);
  });

  it('EVENT_INVALID: ends at a bar that is malformed, and names it in the journal', async () => {
    const out = join(folder, 'malformed');
    const rows = dailyRows([10, 11, [10, 9, 11, 10]]);
    const data = {
      instruments: [STOCK],
      chunks: barChunks(rows, { instruments: [STOCK], intervalMs: DAY_MS }),
    };
    const error = await rejectionOf(runBacktest({ strategy: idle, data, limits: UNLIMITED, out }));
    expect(error.code).toBe('EVENT_INVALID');
    const journal = join(out, 'journal');
    const kinds = readJournal(journal, 0, 100).map((record) => record.kind);
    expect(kinds.filter((kind) => kind === 'bar')).toHaveLength(2);
    expect(kinds).toContain('failure');
    expect(replayJournal(journal).compared_with_close).toBe(true);
  });
});

describe('sessions of several instruments', () => {
  it('trade each by its own rules in one account', async () => {
    const future = Instrument.create({
      symbol: 'FUT',
      tickSize: '0.25',
      lotSize: '1',
      contractMultiplier: '50',
    });
    const instruments = [STOCK, future];
    const { strategy, fills } = scripted({
      1: (context) => {
        context.buy(10, { instrument: 'STOCK' });
        context.sell(2, { instrument: 'FUT' });
      },
    });
    const rows = [0, 1, 2].flatMap((day) => {
      const [stock, contract] = [
        dailyRows([10, 11, 12])[day],
        dailyRows([100, 99.75, 99.5], 1)[day],
      ];
      return stock === undefined || contract === undefined ? [] : [stock, contract];
    });
    const data = { instruments, chunks: barChunks(rows, { instruments, intervalMs: DAY_MS }) };
    const result = await runBacktest({
      strategy,
      data,
      limits: UNLIMITED,
      assumptions: FRICTIONLESS,
    });
    expect(fills.map(fillText)).toEqual(['buy 10 @ 11 strategy', 'sell 2 @ 99.75 strategy']);
    expect(result.positions).toMatchObject([
      { instrument: 'STOCK', quantity: '10', markPx: '12', unrealizedPnl: '10' },
      {
        instrument: 'FUT',
        side: 'short',
        quantity: '2',
        avgPx: '99.75',
        markPx: '99.5',
        unrealizedPnl: '25',
      },
    ]);
    expect([result.cash, result.finalEquity]).toEqual(['109865', '100035']);
    expect(result.benchmark.symbol).toBe('STOCK');
  });

  it('INSTRUMENT_UNKNOWN: refuse a bar of an instrument that the session does not have', async () => {
    const rows = dailyRows([10], 1);
    const chunks = barChunks(rows, { instruments: [STOCK, STOCK], intervalMs: DAY_MS });
    const running = runBacktest({
      strategy: idle,
      data: { instruments: [STOCK], chunks },
      limits: UNLIMITED,
    });
    expect((await rejectionOf(running)).code).toBe('INSTRUMENT_UNKNOWN');
  });
});

describe('the result', () => {
  it('SIM-07: holds the account exactly, the period and the benchmark', async () => {
    const { result } = await playScript(
      [10, [10, 13, 9, 12], 11],
      { 0: (context) => context.buy(100) },
      { assumptions: { slippageBps: '10', takerFeeBps: '10', participationFracMax: 'unlimited' } },
    );
    expect(result).toMatchObject({
      mode: 'backtest',
      currency: 'USD',
      period: {
        firstTsMs: Date.UTC(2020, 0, 7) - 1,
        lastTsMs: Date.UTC(2020, 0, 9) - 1,
        bars: 3,
        days: 3,
      },
      startCash: '100000',
      finalEquity: '100097.999',
      cash: '98997.999',
      realizedPnl: '0',
      unrealizedPnl: '99',
      fees: '1.001',
      slippage: '1',
      turnoverNotional: '1001',
      benchmark: { symbol: 'STOCK', firstClose: '10', lastClose: '11' },
      exposure: { barsInMarket: 2 },
      orders: { submitted: 1, accepted: 1, denied: 0, filled: 1, canceled: 0 },
      fillCount: 1,
      breakers: { drawdown: false, dailyLoss: false },
    });
    expect(result.days.map((day) => day.tsMs)).toEqual(
      [0, 1, 2].map((day) => Date.UTC(2020, 0, 7 + day) - 1),
    );
  });

  it('keeps a bounded sample of bars inside the days', async () => {
    const result = await runBacktest({ strategy: idle, data: walk(20_000), limits: UNLIMITED });
    expect(result.days).toHaveLength(14);
    expect(result.intraday.length).toBeGreaterThan(1_000);
    expect(result.intraday.length).toBeLessThanOrEqual(4_096);
  });
});
