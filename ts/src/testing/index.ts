export { type BarRow, type BarRowOptions, barChunks } from './bar-chunks.js';
export {
  expectNoLookahead,
  type LookaheadOptions,
  type StrategySource,
} from './expect-no-lookahead.js';
export { type RandomWalkOptions, randomWalkBars } from './random-walk-bars.js';
