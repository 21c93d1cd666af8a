import type { LimitValue } from '../session-result.js';

/**
 * The form of `summary.json`. Keys are `snake_case` as in every file; amounts of money are exact
 * text.
 */
export interface Summary {
  readonly schema: 'holdfast.summary/1';
  readonly session: SessionSummary;
  readonly capital: CapitalSummary;
  readonly performance: PerformanceSummary;
  readonly buy_and_hold: CurveSummary & {
    readonly instrument: string;
    readonly first_close: string;
    readonly last_close: string;
  };
  readonly trading: TradingSummary;
  readonly security: { readonly guardrails: GuardrailsSummary };
  readonly portfolio: PortfolioSummary;
  readonly monthly_returns: readonly YearReturnsSummary[];
  readonly assumptions: readonly {
    readonly name: string;
    readonly value: string;
    readonly note: string;
  }[];
  readonly data: { readonly imports: readonly ImportSummary[] };
  readonly reproducibility: ReproducibilitySummary;
}

export interface SessionSummary {
  readonly id: string;
  readonly mode: string;
  readonly strategy: {
    readonly name: string;
    readonly params: Readonly<Record<string, string | number | boolean | null>>;
  };
  readonly currency: string;
  readonly instruments: readonly {
    readonly symbol: string;
    readonly tick_size: string;
    readonly lot_size: string;
    readonly contract_multiplier: string;
  }[];
  readonly period: {
    readonly first: string;
    readonly last: string;
    readonly bars: number;
    readonly days: number;
    readonly years: number;
  };
}

export interface CapitalSummary {
  /** Fraction of the starting cash. */
  readonly return: number | null;
  readonly total_pnl: string;
  readonly start_cash: string;
  readonly final_equity: string;
  readonly cash: string;
  readonly realized_pnl: string;
  readonly unrealized_pnl: string;
  readonly fees: string;
  readonly funding: string;
  /** Only where the account says what borrowing costs. */
  readonly interest?: string;
  readonly slippage: string;
}

/** Figures of one curve; returns, volatility, drawdown and value at risk are fractions. */
export interface CurveSummary {
  readonly total_return: number | null;
  readonly cagr: number | null;
  readonly volatility_ann: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly max_drawdown: DrawdownSummary;
  readonly var_95_daily: number | null;
  readonly cvar_95_daily: number | null;
  readonly best_day: DatedReturnSummary | null;
  readonly worst_day: DatedReturnSummary | null;
  readonly positive_days: number | null;
  readonly skewness: number | null;
  readonly excess_kurtosis: number | null;
  readonly horizons: readonly HorizonSummary[];
  readonly daily_returns: number;
  readonly periods_per_year: number;
  readonly periods_basis: string;
  readonly risk_free_ann: number;
}

export interface PerformanceSummary extends CurveSummary {
  readonly win_rate: number | null;
  readonly profit_factor: number | null;
  readonly average_trade: number | null;
  readonly average_win: number | null;
  readonly average_loss: number | null;
  readonly payoff_ratio: number | null;
  readonly expectancy_r: number | null;
  readonly time_in_market: number | null;
  readonly average_gross_exposure: number | null;
  readonly turnover_per_year: number | null;
  readonly benchmark_correlation: number | null;
  readonly benchmark_beta: number | null;
}

export interface DrawdownSummary {
  readonly frac: number;
  readonly peak: string | null;
  readonly trough: string | null;
  readonly recovered: string | null;
  readonly decline_days: number | null;
  readonly recovery_days: number | null;
}

export interface DatedReturnSummary {
  readonly date: string;
  readonly frac: number;
}

export interface HorizonSummary {
  readonly days: number;
  readonly windows: number;
  readonly mean_return: number | null;
  readonly hit_rate: number | null;
}

export interface TradingSummary {
  readonly execution_rate: number | null;
  readonly orders: {
    readonly submitted: number;
    readonly accepted: number;
    readonly denied: number;
    readonly filled: number;
    readonly partially_filled: number;
    readonly canceled: number;
    readonly expired: number;
    readonly rejected: number;
    readonly strategy_sent: number;
    readonly strategy_filled: number;
  };
  readonly fills: number;
  readonly turnover_notional: string;
  readonly trades: {
    readonly count: number;
    readonly wins: number;
    readonly losses: number;
    readonly long: number;
    readonly short: number;
    readonly gross_profit: string;
    readonly gross_loss: string;
    readonly fees: string;
    readonly average_bars: number | null;
    readonly by_exit_reason: {
      readonly signal: number;
      readonly stop_loss: number;
      readonly take_profit: number;
      readonly liquidation: number;
      readonly end: number;
    };
  };
}

export interface GuardrailsSummary {
  readonly daily_trades: {
    readonly largest: number;
    readonly date: string | null;
    readonly limit: LimitValue;
  };
  /** True when the drawdown or the daily-loss control was latched at the end. */
  readonly circuit_breaker_active: boolean;
  readonly latched: { readonly drawdown: boolean; readonly daily_loss: boolean };
  readonly denials: readonly {
    readonly code: string;
    readonly count: number;
    readonly first: string;
    readonly last: string;
    readonly worst_observed: string | null;
    readonly limit: string | null;
  }[];
  readonly limits: {
    readonly preset: string | null;
    readonly fingerprint: string;
    readonly values: Readonly<Record<string, number | string | boolean>>;
  };
}

export interface PortfolioSummary {
  readonly total_value: string;
  readonly total_pnl: string;
  readonly positions: readonly {
    readonly instrument: string;
    readonly side: string;
    readonly quantity: string;
    readonly avg_px: string;
    readonly mark_px: string;
    readonly notional: string;
    readonly unrealized_pnl: string;
  }[];
  readonly correlation_matrix: {
    readonly instruments: readonly string[];
    readonly values: readonly (readonly (number | null)[])[];
  };
  readonly risk_metrics: {
    readonly concentration: number | null;
    readonly max_pairwise_correlation: number | null;
    readonly leverage: number | null;
  };
  readonly rebalance_signals: readonly {
    readonly metric: string;
    readonly instruments: readonly string[];
    readonly observed: number;
    readonly limit: number;
    readonly action: string;
    readonly target_notional: number;
  }[];
}

export interface YearReturnsSummary {
  readonly year: number;
  readonly months: readonly (number | null)[];
  readonly total: number | null;
  readonly buy_and_hold: number | null;
}

export interface ImportSummary {
  readonly file: string;
  readonly rows: number;
  readonly bars: number;
  readonly skipped: number;
  readonly rounded: number;
  readonly rounded_max: string | null;
  readonly content_hash: string;
}

export interface ReproducibilitySummary {
  readonly seed: number | string;
  readonly config_hash: string;
  readonly data_hash: string;
  readonly state_hash: string;
  readonly journal_records: number;
  readonly journal_head: string;
  readonly versions: Readonly<Record<string, string>>;
}
