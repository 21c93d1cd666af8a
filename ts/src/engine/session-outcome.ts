import { instrumentAt } from '../core/instrument-at.js';
import { basename } from 'node:path';

import type { Instrument } from '../core/instrument.js';
import type { ImportReport } from '../market/import/bar-sink.js';
import type { ClosedSession, PositionSnapshot } from '../native/native-session.js';
import { type Limits, limitValues } from '../risk/limits.js';
import type { Strategy } from '../strategies/strategy.js';
import { accountAssumptions } from './account-assumptions.js';
import type { AccountRules } from '../core/account-options.js';
import { assumptionList } from './assumption-list.js';
import type { Assumptions } from './backtest-options.js';
import type { SessionConfig } from './session-config.js';
import type { SessionRecorder } from './session-recorder.js';
import type {
  DataImport,
  EndPosition,
  LimitValue,
  SessionLimits,
  SessionResult,
} from './session-result.js';

export interface SessionOutcome {
  readonly sessionId: string;
  readonly strategy: Strategy;
  readonly instruments: readonly Instrument[];
  readonly limits: Limits;
  readonly limitsPreset: string | null;
  readonly assumptions: Assumptions;
  readonly account?: AccountRules;
  readonly seed: number;
  readonly config: SessionConfig;
  readonly recorder: SessionRecorder;
  readonly closed: ClosedSession;
  readonly imports: readonly ImportReport[];
  readonly version: string;
}

/** Puts together what a session produced. */
export function sessionResult(outcome: SessionOutcome): SessionResult {
  const { closed, recorder, instruments, config } = outcome;
  const first = instrumentAt(instruments, 0);
  return {
    sessionId: outcome.sessionId,
    mode: 'backtest',
    strategy: { name: outcome.strategy.name, params: outcome.strategy.params },
    currency: closed.account?.currency ?? first.settlementCurrency,
    instruments: instruments.map(({ symbol, options }) => ({
      symbol,
      tickSize: options.tickSize,
      lotSize: options.lotSize,
      contractMultiplier: options.contractMultiplier,
    })),
    period: {
      firstTsMs: recorder.firstTsMs,
      lastTsMs: recorder.lastTsMs,
      bars: closed.marks,
      days: recorder.days.length,
    },
    startCash: closed.start_cash,
    finalEquity: closed.equity,
    cash: closed.cash,
    realizedPnl: closed.realized,
    unrealizedPnl: closed.unrealized,
    fees: closed.fees,
    funding: closed.funding,
    ...(closed.account === undefined || (outcome.account?.borrow.length ?? 0) === 0
      ? {}
      : { interest: closed.account.interest }),
    slippage: closed.slippage,
    turnoverNotional: closed.turnover,
    maxDrawdown: recorder.equityDrawdown.worst,
    benchmark: benchmark(first, recorder),
    exposure: { barsInMarket: closed.marks_in_market, meanGrossFrac: closed.exposure_frac_mean },
    days: recorder.days,
    intraday: recorder.days.length === closed.marks ? [] : recorder.intraday.items(),
    roundTrips: recorder.roundTrips.log.record(),
    fills: recorder.fills.items(),
    fillCount: closed.fills,
    orders: orderCounts(closed),
    denials: recorder.denials.counts(),
    busiestDay: recorder.busiestDay,
    breakers: { drawdown: closed.drawdown_tripped, dailyLoss: closed.daily_loss_tripped },
    positions: closed.positions.flatMap((position, index) =>
      endPosition(position, instrumentAt(instruments, index)),
    ),
    limits: sessionLimits(outcome),
    assumptions: [
      ...assumptionList(outcome.assumptions, outcome.imports),
      ...accountAssumptions(outcome.account),
    ],
    imports: outcome.imports.map(dataImport),
    seed: outcome.seed,
    configHash: config.configHash,
    dataHash: config.dataHash ?? 'in-memory',
    stateHash: closed.state_hash,
    journal: { records: closed.journal_records ?? 0, head: closed.journal_head ?? 'none' },
    versions: { holdfast: outcome.version, journal: '1' },
  };
}

function benchmark(first: Instrument, recorder: SessionRecorder): SessionResult['benchmark'] {
  const text = (close: number | null | undefined) => first.nearestPrice(close ?? 0).toString();
  return {
    symbol: first.symbol,
    firstClose: text(recorder.firstBenchmark?.close),
    lastClose: text(recorder.closes[0]),
    maxDrawdown: recorder.benchmarkDrawdown.worst,
  };
}

function orderCounts(closed: ClosedSession): SessionResult['orders'] {
  return {
    submitted: closed.orders_submitted - closed.orders_denied,
    accepted: closed.orders_accepted,
    denied: closed.orders_denied,
    filled: closed.orders_filled,
    partiallyFilled: closed.orders_partially_filled,
    canceled: closed.orders_canceled,
    expired: closed.orders_expired,
    rejected: closed.orders_rejected,
    strategySent: closed.strategy_orders_sent,
    strategyFilled: closed.strategy_orders_filled,
  };
}

function endPosition(position: PositionSnapshot, instrument: Instrument): EndPosition[] {
  if (position.quantity === '0') return [];
  const isShort = position.quantity.startsWith('-');
  const unsigned = (text: string) => (text.startsWith('-') ? text.slice(1) : text);
  return [
    {
      instrument: instrument.symbol,
      side: isShort ? 'short' : 'long',
      quantity: unsigned(position.quantity),
      avgPx: String(position.avg_px ?? 0),
      markPx: position.mark_px ?? '0',
      notional: unsigned(position.value),
      unrealizedPnl: position.unrealized,
    },
  ];
}

function sessionLimits({ limits, limitsPreset, closed }: SessionOutcome): SessionLimits {
  const value = (text: string): LimitValue => (text === 'unlimited' ? 'unlimited' : Number(text));
  return {
    preset: limitsPreset,
    fingerprint: closed.limits_fingerprint,
    values: limitValues(limits),
    dailyTradesMax: value(limits.dailyTradesMax),
    positionFracMax: value(limits.positionFracMax),
    grossExposureFracMax: value(limits.grossExposureFracMax),
    pairCorrelationMax: 'unlimited',
  };
}

function dataImport(report: ImportReport): DataImport {
  return {
    file: basename(report.file),
    rows: report.rows,
    bars: report.bars,
    skipped: report.skippedCount,
    rounded: report.roundedCount,
    roundedMax: report.roundedCount > 0 ? report.roundedMax : null,
    contentHash: report.contentHash,
  };
}
