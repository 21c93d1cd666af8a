export { atr } from './atr.js';
export { ema } from './ema.js';
export type { Indicator, IndicatorFactory } from './indicator.js';
export { realizedVolatility, type RealizedVolatilityOptions } from './realized-volatility.js';
export { sma } from './sma.js';
