export type { AccountView, CurrencyView, LegView } from './account-view.js';
export {
  defineStrategy,
  type IndicatorFactories,
  type IndicatorValues,
  isStrategy,
  type Params,
  type Strategy,
  type StrategyDefinition,
} from './strategy.js';
export type {
  FailedControl,
  FillEvent,
  OrderEvent,
  OrderIntent,
  OrderOptions,
  PositionView,
  PriceInput,
  QuantityInput,
  StrategyContext,
  SubmitResult,
  TimerSchedule,
} from './strategy-context.js';
