export {
  type Limits,
  type LimitsOptions,
  limitValues,
  limitsRecord,
  limitsSchema,
  parseLimits,
  parseLimitsJson,
} from './limits.js';
export {
  CapitalGovernor,
  type CapitalGovernorOptions,
  type CapitalHolder,
  type CapitalPlan,
  type CapitalRule,
} from './capital-governor.js';
export { type FuseOptions, fuseSchema, parseFuse } from './fuse.js';
export { LIMITS_PRESETS, type LimitsPreset, presetLimits } from './presets.js';
export {
  CONTROL_CODES,
  CONTROLS,
  type ControlCode,
  type ControlEntry,
} from '../core/controls.generated.js';
export {
  type FuseReset,
  type FuseState,
  type FuseStatus,
  type FuseTrip,
  fuseStatus,
  resetFuse,
} from '../native/fuse-latch.js';
export { limitsFingerprint, secondKeyHash } from '../native/limits-check.js';
export { LIMIT_KEYS } from '../core/limit-keys.generated.js';
export { Gate, type GateQuote } from './gate/gate.js';
export type { GateEvents, LimitNear, Trip } from './gate/gate-alerts.js';
export type { GateBatchOptions, GateCandidate } from './gate/gate-batch.js';
export type { CheckBatch } from '../native/check-batch.js';
export type { GatePosition } from './gate/gate-books.js';
export type { ControlCoverage, CoverageReport } from './gate/gate-coverage.js';
export type { LimitsChangeOptions } from './gate/gate-limits.js';
export type { GateOptions } from './gate/gate-options.js';
export type { GateChanges, GateOrder, Reduction } from './gate/gate-order.js';
export type { ExactInput } from './gate/exact-value.js';
export type {
  CheckVerdict,
  FailedCheckView,
  GateApproval,
  GateConsent,
  GateDenial,
  GateVerdict,
  ReductionApproval,
  ReductionVerdict,
} from './gate/verdict.js';
export type { GateFill } from './gate/venue-news.js';
export { guard, type GuardOptions } from './guard/guard.js';
export { GuardDenial } from './guard/guard-denial.js';
