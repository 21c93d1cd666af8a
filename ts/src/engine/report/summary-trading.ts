import type { RoundTripTotals, SessionResult } from '../session-result.js';
import { differenceOf } from './amount-text.js';
import { portfolioState } from './portfolio-state.js';
import type { GuardrailsSummary, PortfolioSummary, TradingSummary } from './summary-schema.js';
import { dayText, instantText, significant, sortedKeys } from './summary-value.js';

/** Orders, fills and round trips in numbers. */
export function tradingSummary(
  result: SessionResult,
  executionRateFrac: number | null,
): TradingSummary {
  const { totals } = result.roundTrips;
  return {
    execution_rate: significant(executionRateFrac),
    orders: {
      submitted: result.orders.submitted,
      accepted: result.orders.accepted,
      denied: result.orders.denied,
      filled: result.orders.filled,
      partially_filled: result.orders.partiallyFilled,
      canceled: result.orders.canceled,
      expired: result.orders.expired,
      rejected: result.orders.rejected,
      strategy_sent: result.orders.strategySent,
      strategy_filled: result.orders.strategyFilled,
    },
    fills: result.fillCount,
    turnover_notional: result.turnoverNotional,
    trades: {
      count: totals.count,
      wins: totals.wins,
      losses: totals.losses,
      long: totals.long,
      short: totals.short,
      gross_profit: totals.grossProfit,
      gross_loss: totals.grossLoss,
      fees: totals.fees,
      average_bars: averageBars(totals),
      by_exit_reason: {
        signal: totals.byExitReason.signal,
        stop_loss: totals.byExitReason.stop_loss,
        take_profit: totals.byExitReason.take_profit,
        liquidation: totals.byExitReason.liquidation,
        end: totals.byExitReason.end,
      },
    },
  };
}

function averageBars(totals: RoundTripTotals): number | null {
  return totals.count === 0 ? null : significant(totals.bars / totals.count);
}

/** What the gate was set to and what it refused. */
export function guardrailsSummary(result: SessionResult): GuardrailsSummary {
  return {
    daily_trades: {
      largest: result.busiestDay?.trades ?? 0,
      date: result.busiestDay === null ? null : dayText(result.busiestDay.tsMs),
      limit: result.limits.dailyTradesMax,
    },
    circuit_breaker_active: result.breakers.drawdown || result.breakers.dailyLoss,
    latched: { drawdown: result.breakers.drawdown, daily_loss: result.breakers.dailyLoss },
    denials: result.denials.map((denial) => ({
      code: denial.code,
      count: denial.count,
      first: instantText(denial.firstTsMs),
      last: instantText(denial.lastTsMs),
      worst_observed: denial.worstObserved,
      limit: denial.limit,
    })),
    limits: {
      preset: result.limits.preset,
      fingerprint: result.limits.fingerprint,
      values: sortedKeys(result.limits.values),
    },
  };
}

/** The portfolio when the session ended. */
export function portfolioSummary(result: SessionResult): PortfolioSummary {
  const state = portfolioState(result);
  return {
    total_value: result.finalEquity,
    total_pnl: differenceOf({ minuend: result.finalEquity, subtrahend: result.startCash }),
    positions: result.positions.map((position) => ({
      instrument: position.instrument,
      side: position.side,
      quantity: position.quantity,
      avg_px: position.avgPx,
      mark_px: position.markPx,
      notional: position.notional,
      unrealized_pnl: position.unrealizedPnl,
    })),
    correlation_matrix: {
      instruments: result.instruments.map((instrument) => instrument.symbol),
      values: state.correlations.map((row) => row.map(significant)),
    },
    risk_metrics: {
      concentration: significant(state.concentrationFrac),
      max_pairwise_correlation: significant(state.maxPairwiseCorrelation),
      leverage: significant(state.leverage),
    },
    rebalance_signals: state.rebalanceSignals.map((signal) => ({
      metric: signal.metric,
      instruments: signal.instruments,
      observed: significant(signal.observed) ?? 0,
      limit: signal.limit,
      action: signal.action,
      target_notional: significant(signal.targetNotional) ?? 0,
    })),
  };
}
