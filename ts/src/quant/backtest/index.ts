export {
  conditionalCoverageTest,
  independenceTest,
  kupiecTest,
  type LikelihoodTest,
  type Transitions,
  transitionsOf,
} from './coverage-tests.js';
export {
  type VarBacktestDay,
  type BacktestMethod,
  type VarBacktestOptions,
  type VarBacktestResult,
  rollingBacktest,
} from './rolling-backtest.js';
export { acerbiSzekelyTest, type ShortfallDay, type ShortfallTest } from './shortfall-test.js';
export { baselTrafficLight, type TrafficLight } from './traffic-light.js';
