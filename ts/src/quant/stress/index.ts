export { blackScholesPrice, type OptionContract } from './black-scholes-price.js';
export { type CovarianceStress, stressCovariance } from './correlation-stress.js';
export { HISTORICAL_SHOCKS, type HistoricalShock, type ShockFactor } from './historical-shocks.js';
export { reverseStress, type ReverseStress, smallestBreach } from './reverse-stress.js';
export { historicalStress, stressPositions, type StressScenario } from './scenario-stress.js';
export { type SpotVolatilityGrid, spotVolatilityGrid } from './spot-volatility-grid.js';
export type { OptionHolding, StressPosition, StressResult } from './stress-position.js';
export {
  type ReturnWindow,
  returnWindow,
  type WorstWindow,
  worstWindows,
} from './window-stress.js';
