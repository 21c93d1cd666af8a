export { breakEvenPrice, type PlannedRoundTrip, roundTripProfit } from './break-even.js';
export {
  type CostedOrder,
  type CostEstimate,
  type CostQuestion,
  estimateCost,
  type HoldingCosts,
  liquidityOf,
  type NetworkFee,
  type TouchPrices,
} from './cost-estimate.js';
export { feeAssumptions } from './fee-assumptions.js';
export {
  AGE_MS_MAX,
  FeeBook,
  type FeeBookOptions,
  type FeeBookStatus,
  type FeeLoader,
  REFRESH_MS,
} from './fee-book.js';
export { FeeRate } from './fee-rate.js';
export {
  type FeeLevel,
  type FeeRates,
  FeeSchedule,
  type FeeScheduleOptions,
  feeScheduleSchema,
  type FeeTier,
} from './fee-schedule.js';
export { type FundingRate, FundingRates } from './funding-rates.js';
export {
  chooseLiquidity,
  type LiquidityChoice,
  type LiquidityQuestion,
} from './liquidity-choice.js';
export {
  fixedSlippage,
  type SlippageInput,
  type SlippageModel,
  spreadSlippage,
  squareRootImpact,
  type SquareRootImpactOptions,
} from './slippage.js';
export {
  realizedSlippage,
  type SlippageOutcome,
  SlippageRecord,
  type SlippageStatistics,
} from './slippage-record.js';
export { VENUE_SCHEDULES, venueSchedule } from './venue-schedules.js';
