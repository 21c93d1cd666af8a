export {
  type Limits,
  type LimitsOptions,
  limitsRecord,
  limitsSchema,
  parseLimits,
  parseLimitsJson,
} from './limits.js';
export { LIMITS_PRESETS, type LimitsPreset, presetLimits } from './presets.js';
export {
  CONTROL_CODES,
  CONTROLS,
  type ControlCode,
  type ControlEntry,
} from '../core/controls.generated.js';
