import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import { Instrument } from '../core/instrument.js';
import { parseConfig } from '../core/schema.js';
import { decimalOf, formatDecimal } from '../core/decimal.js';
import { parseDataDescription } from '../market/data-description.js';
import { MARKET_EVENT_BYTES, MARKET_EVENT_OFFSETS } from '../market/market-event-layout.js';
import type { ImportOptions } from '../market/import/bar-sink.js';
import { NativeSession } from '../native/native-session.js';
import { packageVersion } from '../native/addon-path.js';
import { parseFuse } from '../risk/fuse.js';
import { type Limits, parseLimits } from '../risk/limits.js';
import { isStrategy } from '../strategies/strategy.js';
import { type AccountRules, parseAccount } from '../core/account-options.js';
import {
  type Assumptions,
  assumptionsSchema,
  type BacktestOptions,
  CASH_DEFAULT,
  type DataFile,
  MAX_OPEN_ORDERS_DEFAULT,
} from './backtest-options.js';
import { checkOptions } from './check-options.js';
import {
  type JournalPolicy,
  journalPolicyText,
  parseJournalPolicy,
} from '../core/journal-policy.js';
import { ChunkSource, type EventSource, FileSource, TickSource } from './event-source.js';
import { parseOrderRules } from '../core/order-rules.js';
import { renderReport } from './report/html-report.js';
import { buildSummary, summaryText } from './report/summary.js';
import { type DataIdentity, type SessionConfig, sessionConfig } from './session-config.js';
import { SessionFiles } from './session-files.js';
import { sessionResult } from './session-outcome.js';
import { SessionRecorder } from './session-recorder.js';
import type { SessionResult } from './session-result.js';
import { StrategyRunner } from './strategy-runner.js';

/** Batches between two turns of the event loop: some ten milliseconds of work. */
const BATCHES_PER_REPORT = 32;
const KIND_OFFSET = MARKET_EVENT_OFFSETS.kind;

interface Prepared {
  readonly options: BacktestOptions;
  readonly instruments: readonly Instrument[];
  readonly imports: readonly ImportOptions[];
  readonly limits: Limits;
  readonly assumptions: Assumptions;
  readonly account: AccountRules;
  readonly journalPolicy: JournalPolicy;
  readonly seed: number;
  readonly config: SessionConfig;
  readonly version: string;
}

/**
 * Runs a strategy over recorded bars: market data through the ring, orders through the gate to the simulated venue,
 * fills into the account, everything into the journal. The same inputs give the same result, byte for byte.
 *
 * @example
 * const result = await runBacktest({
 *   strategy,
 *   data: [{ file: 'spy.csv', description: { symbol: 'SPY', tick: '0.01', lot: '1' } }],
 *   limits: presetLimits('lightning'),
 *   out: 'out/spy',
 * });
 * console.log(result.finalEquity);
 *
 * @throws HoldfastError for bad options, bad data (`DATA_…`, `PRICE_OFF_TICK`), a strategy that throws
 * (`STRATEGY_THREW`) and files that cannot be written; with a journal, what was done so far stays readable in it.
 */
export async function runBacktest(options: BacktestOptions): Promise<SessionResult> {
  const prepared = await prepare(options);
  const files =
    options.out === undefined ? null : new SessionFiles(options.out, options.tables ?? true);
  const source = openSource(options.data, prepared.imports);
  try {
    return await play(prepared, source, files);
  } finally {
    files?.close();
    await source.close();
  }
}

/** Derives the session's id: the strategy's name and the hash of everything that makes the run what it is. */
export function sessionIdOf(strategyName: string, config: SessionConfig): string {
  return `${strategyName}-${config.configHash.slice(0, 8)}`;
}

async function prepare(options: BacktestOptions): Promise<Prepared> {
  checkOptions(options);
  if (!isStrategy(options.strategy)) {
    throw new HoldfastError('STRATEGY_INVALID', 'strategy must be made with defineStrategy()');
  }
  const limits = parseLimits(
    options.limits ?? options.strategy.definition.limits ?? missingLimits(),
  );
  const assumptions = parseConfig(
    assumptionsSchema,
    options.assumptions ?? {},
    'assumptions',
    'CONFIG_INVALID',
  );
  const seed = options.seed ?? 0;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new HoldfastError('CONFIG_INVALID', `seed must be a whole number from 0, was ${seed}`);
  }
  const { data } = options;
  const imports = isFiles(data) ? data.map(importOptions) : [];
  const instruments = isFiles(data)
    ? imports.map((each, index) => instrumentOf(each, data[index]?.instrument))
    : data.instruments;
  if (instruments.length === 0) {
    throw new HoldfastError('CONFIG_INVALID', 'data must have at least one file or instrument');
  }
  refuseTwins(instruments);
  const hasJournal = options.out !== undefined && options.journal !== false;
  const journalPolicy =
    options.journalPolicy === undefined
      ? 'os'
      : parseJournalPolicy(options.journalPolicy, hasJournal);
  const cash = decimalOf(options.cash ?? CASH_DEFAULT);
  const account = parseAccount(options.account);
  const version = packageVersion();
  const config = sessionConfig({
    strategy: options.strategy,
    strategyHash: options.strategyHash ?? null,
    instruments,
    limits,
    limitsPreset: options.limitsPreset ?? null,
    assumptions,
    startCash: formatDecimal(cash.mantissa, cash.scale),
    account,
    maxOpenOrders: options.maxOpenOrders ?? MAX_OPEN_ORDERS_DEFAULT,
    emulatedOrderTypes: options.emulatedOrderTypes ?? [],
    orders: parseOrderRules(options.orders),
    fuse: parseFuse(options.fuse ?? {}),
    seed,
    data: await Promise.all(imports.map(dataIdentity)),
    version,
  });
  return {
    options,
    instruments,
    imports,
    limits,
    assumptions,
    account,
    journalPolicy,
    seed,
    config,
    version,
  };
}

/** Nobody could tell two instruments of one symbol apart. */
function refuseTwins(instruments: readonly Instrument[]): void {
  const twice = instruments.find(
    ({ symbol }, index) => instruments.findIndex((each) => each.symbol === symbol) !== index,
  );
  if (twice !== undefined) {
    throw new HoldfastError(
      'CONFIG_INVALID',
      `data must have each symbol once, ${twice.symbol} stands twice; name them apart in their descriptions`,
      { context: { symbol: twice.symbol } },
    );
  }
}

async function play(
  prepared: Prepared,
  source: EventSource,
  files: SessionFiles | null,
): Promise<SessionResult> {
  const { options, instruments, config, seed } = prepared;
  const native = new NativeSession({
    configJson: config.json,
    journalFolder: options.journal === false ? undefined : files?.journalFolder,
    journalPolicy: journalPolicyText(prepared.journalPolicy),
    instruments: instruments.length,
    records: source.records,
  });
  const recorder = new SessionRecorder({
    instruments,
    account: native.memory.account,
    files,
  });
  try {
    const { strategy } = options;
    const { strategies = [] } = prepared.limits;
    const runner = new StrategyRunner({
      strategy,
      strategies,
      native,
      instruments,
      recorder,
      seed,
    });
    await drive({ runner, source, native, options });
    const imports = await source.reports();
    return finish({ prepared, native, recorder, files, imports });
  } catch (error) {
    const code = options.signal?.aborted === true ? 'SESSION_ABORTED' : codeOf(error);
    leaveReadable(native, recorder, { code, message: messageOf(error) });
    throw error;
  } finally {
    native.dispose();
  }
}

interface Drive {
  readonly runner: StrategyRunner;
  readonly source: EventSource;
  readonly native: NativeSession;
  readonly options: BacktestOptions;
}

async function drive({ runner, source, native, options }: Drive): Promise<void> {
  const report = () =>
    options.onProgress?.({
      events: runner.events,
      doneFrac: source.doneFrac,
      tsMs: runner.tsMs,
      equity: native.memory.account[0] ?? 0,
    });
  runner.start();
  for (let batches = 1; ; batches += 1) {
    const count = source.next();
    if (count < 0) break;
    const { records } = source;
    for (let index = 0; index < count;) {
      index += runner.onRecord(index, records[index * MARKET_EVENT_BYTES + KIND_OFFSET] ?? 0);
    }
    if (count <= 0 || batches % BATCHES_PER_REPORT === 0) report();
    options.signal?.throwIfAborted();
    // Between two turns the garbage of a batch is collected; otherwise it grows to many times what is alive.
    await nextTurn();
  }
  // A feed that failed ends its ring early; the reason comes with its report.
  await source.reports();
  runner.stop();
  report();
}

interface Finish {
  readonly prepared: Prepared;
  readonly native: NativeSession;
  readonly recorder: SessionRecorder;
  readonly files: SessionFiles | null;
  readonly imports: Awaited<ReturnType<EventSource['reports']>>;
}

function finish({ prepared, native, recorder, files, imports }: Finish): SessionResult {
  if (native.snapshot().marks === 0) {
    throw new HoldfastError(
      'DATA_EMPTY',
      'data must hold at least one market event, it holds none',
    );
  }
  const notices: Parameters<typeof native.close>[0] = [];
  const closed = native.close(notices);
  for (const notice of notices) recorder.onNotice(notice);
  recorder.closeTrips(closed);
  recorder.close();
  const { options, config } = prepared;
  const result = sessionResult({
    sessionId: sessionIdOf(options.strategy.name, config),
    strategy: options.strategy,
    instruments: prepared.instruments,
    limits: prepared.limits,
    limitsPreset: options.limitsPreset ?? null,
    assumptions: prepared.assumptions,
    account: prepared.account,
    seed: prepared.seed,
    config,
    recorder,
    closed,
    imports,
    version: prepared.version,
  });
  if (files !== null && options.tables !== false) {
    files.close();
    files.write('summary.json', summaryText(buildSummary(result)));
    files.write('report.html', renderReport(result));
  }
  return result;
}

/** Longest message of a failure in the journal; a record has a bound, what a strategy throws has none. */
const FAILURE_CHARS_MAX = 10_000;

const codeOf = (error: unknown) => (isHoldfastError(error) ? error.code : 'STRATEGY_THREW');
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Notes the failure in the journal and closes it, so that what was done so far can be read. */
function leaveReadable(
  native: NativeSession,
  recorder: SessionRecorder,
  failure: { readonly code: string; readonly message: string },
): void {
  try {
    native.noteFailure(failure.code, failure.message.slice(0, FAILURE_CHARS_MAX));
    const notices: Parameters<typeof native.close>[0] = [];
    native.close(notices);
    for (const notice of notices) recorder.onNotice(notice);
    recorder.close();
  } catch {
    // The first error says what happened; that closing failed as well adds nothing that a caller could use.
  }
}

function missingLimits(): never {
  throw new HoldfastError(
    'LIMITS_INVALID',
    'limits must be given, by the session or by the strategy: no money limit has a silent default; use a preset',
  );
}

/** What an import needs to know of a file of bars. */
export function importOptions(data: DataFile, instrument: number): ImportOptions {
  return {
    file: data.file,
    description: parseDataDescription(data.description),
    instrument,
    ...(data.from === undefined ? {} : { from: data.from }),
    ...(data.to === undefined ? {} : { to: data.to }),
    ...(data.onBadRow === undefined ? {} : { onBadRow: data.onBadRow }),
  };
}

function isFiles(data: BacktestOptions['data']): data is readonly DataFile[] {
  return Array.isArray(data);
}

function openSource(data: BacktestOptions['data'], imports: readonly ImportOptions[]): EventSource {
  if (isFiles(data)) return new FileSource(imports);
  return 'chunks' in data ? new ChunkSource(data.chunks) : new TickSource(data.ticks);
}

/** The instrument that a file of bars is of. */
export function instrumentOf(
  { description }: ImportOptions,
  rules: DataFile['instrument'],
): Instrument {
  return Instrument.create({
    ...rules,
    symbol: description.symbol,
    quoteCurrency: description.quoteCurrency,
    tickSize: description.tick,
    lotSize: description.lot,
  });
}

async function dataIdentity(options: ImportOptions): Promise<DataIdentity> {
  const { factors, ...description } = options.description;
  return {
    file: basename(options.file),
    sha256: await fileSha256(options.file),
    description:
      factors === undefined ? description : { ...description, factors: basename(factors) },
    from: options.from ?? null,
    to: options.to ?? null,
  };
}

async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw new HoldfastError('DATA_FILE_NOT_FOUND', `data file ${file} must be a readable file`, {
      context: { file },
      cause,
    });
  }
  return hash.digest('hex');
}
