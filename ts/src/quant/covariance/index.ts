export { type AlignedReturns, alignedReturns, type PriceSeries } from './aligned-returns.js';
export {
  correlationEstimate,
  type CorrelationEstimate,
  correlationOf,
} from './correlation-estimate.js';
export {
  CorrelationMonitor,
  type CorrelationMonitorOptions,
  type RollingCorrelation,
} from './correlation-monitor.js';
export { type DenoisedCovariance, denoisedCovariance } from './denoised-covariance.js';
export { ledoitWolf, type ShrunkCovariance } from './ledoit-wolf.js';
export { type NearestCorrelation, nearestCorrelation } from './nearest-correlation.js';
export { nonlinearShrinkage } from './nonlinear-shrinkage.js';
export {
  effectiveSampleSize,
  ewmaCovariance,
  RISKMETRICS_DECAY,
  sampleCovarianceMatrix,
} from './sample-covariance.js';
