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
