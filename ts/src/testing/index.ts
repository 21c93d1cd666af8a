export { type BarRow, type BarRowOptions, barChunks } from './bar-chunks.js';
export {
  expectNoLookahead,
  type LookaheadOptions,
  type StrategySource,
} from './expect-no-lookahead.js';
export { type RandomWalkOptions, randomWalkBars } from './random-walk-bars.js';
export type { SimulationRule, SimulationView } from './seed-run.js';
export { type FaultName, neverShort, simulate, type SimulateOptions } from './simulate.js';
export type { SimulatedMarket } from './simulation-market.js';
export {
  type NeededFault,
  type SimulationFigures,
  type SimulationFinding,
  SimulationReport,
} from './simulation-report.js';
