export { type CopulaOptions, simulateCopula } from './copula.js';
export { type DrawdownDistribution, drawdownDistribution } from './drawdown-distribution.js';
export { DrawdownGuard, type DrawdownState } from './drawdown-guard.js';
export {
  checkCorrelation,
  CORRELATION_MAX,
  type CorrelationCheck,
  type ExposureMeasures,
  exposureMeasures,
  type OpenPosition,
} from './exposure-measures.js';
export { type FactorContributions, factorContributions, OWN_PART } from './factor-contribution.js';
export { type FilteredOutcomes, filteredSimulation } from './filtered-simulation.js';
export {
  type CandidateOrder,
  LivePortfolioRisk,
  type LivePortfolioRiskOptions,
  type WhatIf,
} from './live-portfolio-risk.js';
export {
  liquidityAdjustedVar,
  type LiquidityAdjustedVar,
  type PositionLiquidity,
} from './liquidity-adjusted.js';
export {
  cornishFisherMultipliers,
  cornishFisherValid,
  type Multipliers,
  normalMultipliers,
  studentDegrees,
  studentMultipliers,
} from './parametric-risk.js';
export {
  type GroupContribution,
  groupContributions,
  parametricContributions,
  type RiskContribution,
  type RiskContributions,
  scenarioContributions,
} from './risk-contribution.js';
export {
  type ProfitDistribution,
  profitDistribution,
  RISK_METHODS,
  type RiskMethod,
  type RiskMethodOptions,
} from './risk-method.js';
export { RiskMonitor, type RiskMonitorOptions, type RiskState } from './risk-monitor.js';
export { riskScore, SCORE_LIMITS, SCORE_WEIGHTS, type ScoreMeasures } from './risk-score.js';
export {
  ewmaVolatility,
  fitGarch,
  type GarchFit,
  type VolatilityPath,
} from './volatility-model.js';
export { type TailFigures, weightedTail } from './weighted-tail.js';
