import type { SessionResult } from '../session-result.js';
import { differenceOf } from './amount-text.js';
import { measureSession, type PerformanceOptions } from './session-performance.js';
import { curveSummary, monthlySummary, performanceSummary } from './summary-performance.js';
import type { CapitalSummary, SessionSummary, Summary } from './summary-schema.js';
import { guardrailsSummary, portfolioSummary, tradingSummary } from './summary-trading.js';
import { instantText, significant, sortedKeys } from './summary-value.js';

/**
 * Builds the content of `summary.json`. It is a pure function of the result: no clock, no path, no
 * locale, so that equal runs give equal bytes. Money stays exact text; floats keep ten significant
 * digits.
 */
export function buildSummary(result: SessionResult, options: PerformanceOptions = {}): Summary {
  const measured = measureSession(result, options);
  return {
    schema: 'holdfast.summary/1',
    session: sessionSummary(result, measured.strategy.years),
    capital: capitalSummary(result, measured.strategy.totalReturnFrac),
    performance: performanceSummary(result, measured),
    buy_and_hold: {
      instrument: result.benchmark.symbol,
      first_close: result.benchmark.firstClose,
      last_close: result.benchmark.lastClose,
      ...curveSummary(measured.benchmark),
    },
    trading: tradingSummary(result, measured.executionRateFrac),
    security: { guardrails: guardrailsSummary(result) },
    portfolio: portfolioSummary(result),
    monthly_returns: monthlySummary(result),
    assumptions: result.assumptions.map(({ name, value, note }) => ({ name, value, note })),
    data: {
      imports: result.imports.map((file) => ({
        file: file.file,
        rows: file.rows,
        bars: file.bars,
        skipped: file.skipped,
        rounded: file.rounded,
        rounded_max: file.roundedMax,
        content_hash: file.contentHash,
      })),
    },
    reproducibility: {
      seed: result.seed,
      config_hash: result.configHash,
      data_hash: result.dataHash,
      state_hash: result.stateHash,
      journal_records: result.journal.records,
      journal_head: result.journal.head,
      versions: sortedKeys(result.versions),
    },
  };
}

/**
 * Prints a summary as the text of `summary.json`: two spaces a level, keys in a fixed order, a last
 * newline.
 */
export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}

function sessionSummary(result: SessionResult, years: number): SessionSummary {
  return {
    id: result.sessionId,
    mode: result.mode,
    strategy: { name: result.strategy.name, params: sortedKeys(result.strategy.params) },
    currency: result.currency,
    instruments: result.instruments.map((instrument) => ({
      symbol: instrument.symbol,
      tick_size: instrument.tickSize,
      lot_size: instrument.lotSize,
      contract_multiplier: instrument.contractMultiplier,
    })),
    period: {
      first: instantText(result.period.firstTsMs),
      last: instantText(result.period.lastTsMs),
      bars: result.period.bars,
      days: result.period.days,
      years: significant(years) ?? 0,
    },
  };
}

function capitalSummary(result: SessionResult, totalReturnFrac: number | null): CapitalSummary {
  return {
    return: significant(totalReturnFrac),
    total_pnl: differenceOf({ minuend: result.finalEquity, subtrahend: result.startCash }),
    start_cash: result.startCash,
    final_equity: result.finalEquity,
    cash: result.cash,
    realized_pnl: result.realizedPnl,
    unrealized_pnl: result.unrealizedPnl,
    fees: result.fees,
    funding: result.funding,
    ...(result.interest === undefined ? {} : { interest: result.interest }),
    slippage: result.slippage,
  };
}
