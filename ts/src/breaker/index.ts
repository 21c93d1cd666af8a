export { Breaker, type BreakerEvents, type BreakerCallOptions } from './breaker.js';
export type { BreakerMetrics } from './breaker-metrics.js';
export type {
  OverrideAction,
  OverrideAuthority,
  OverrideRecord,
  OverrideRequest,
} from './breaker-override.js';
export type { BreakerOptions, ComponentOptions, GlobalCircuitOptions } from './breaker-settings.js';
export {
  Breakers,
  type BreakersContext,
  type BreakersEvents,
  type BreakersOptions,
  type CallKind,
} from './breakers.js';
export type { CallGuard } from './call-guard.js';
export type { Deadline } from './deadline.js';
export type { Listener } from './listeners.js';
export { type BreakerState, isRefusal, type Permission } from './refusal.js';
export type { StateChange } from './state-log.js';
export {
  TradingBreaker,
  type TradingBreakerOptions,
  type TradingBreakerSummary,
  type TradingCondition,
} from './trading-breaker.js';
