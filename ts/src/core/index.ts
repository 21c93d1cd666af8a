export { Amount, AMOUNT_SCALE, type Rounding } from './amount.js';
export type { Bar } from './bar.js';
export { type Category, type Code, type CodeEntry, CODES } from './codes.generated.js';
export { INSTRUMENT_KINDS, type InstrumentKind } from './contract.js';
export {
  type ContextValue,
  type ErrorContext,
  HoldfastError,
  isHoldfastError,
} from './holdfast-error.js';
export { Instrument, type InstrumentOptions, instrumentSchema } from './instrument.js';
export { Price } from './price.js';
export { Quantity } from './quantity.js';
export {
  type CorrelationFigures,
  correlationMeasure,
  type RiskFigures,
  type RiskMeasure,
  riskMeasure,
  type RiskPartFigures,
} from './risk-measure.js';
export type { ShortDecimal } from './short-decimal.js';
export type { Quote, Trade } from './tick.js';
export {
  type LiquiditySide,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderRole,
  type OrderStatus,
  type OrderType,
  type Side,
  SIDES,
  type TimeInForce,
  TIMES_IN_FORCE,
  TRADING_MODES,
  type TradingMode,
} from './vocabulary.generated.js';
