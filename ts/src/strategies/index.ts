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
  BracketExit,
  FailedControl,
  FillEvent,
  OrderEvent,
  OrderIntent,
  OrderOptions,
  PositionView,
  PriceInput,
  QuantityInput,
  StrategyContext,
  SubmitListResult,
  SubmitResult,
  TimerSchedule,
} from './strategy-context.js';
