import { HoldfastError } from '../core/holdfast-error.js';
import { type Limits, type LimitsOptions, parseLimits } from './limits.js';

const NONE = 'unlimited';
/** A minute: data older than that is not what a bot on live quotes should act on. */
const PRICE_AGE_MS = '60000';

const UNLIMITED = {
  orderQtyMax: NONE,
  orderNotionalQuoteMax: NONE,
  positionFracMax: NONE,
  grossExposureFracMax: NONE,
  priceBandFracMax: NONE,
  ordersPerMinuteMax: NONE,
  dailyTradesMax: NONE,
  dailyLossFracMax: NONE,
  drawdownFracMax: NONE,
  stopLossRequired: false,
  priceAgeMsMax: PRICE_AGE_MS,
} as const;

export const LIMITS_PRESETS = ['bot4', 'lightning'] as const;

export type LimitsPreset = (typeof LIMITS_PRESETS)[number];

/** Limits by name. What a preset leaves open is `unlimited` and stands so in every report. */
const PRESETS: Readonly<Record<LimitsPreset, LimitsOptions>> = {
  /** RISK-02, RISK-03, RISK-05: 2 % a position, a stop loss always, 15 % drawdown. */
  bot4: {
    ...UNLIMITED,
    positionFracMax: '0.02',
    drawdownFracMax: '0.15',
    stopLossRequired: true,
  },
  /** RISK-02, RISK-17 to RISK-20: 15 % a position, 80 % exposure, 5 % a day, 20 trades a day, 10 orders a minute. */
  lightning: {
    ...UNLIMITED,
    positionFracMax: '0.15',
    grossExposureFracMax: '0.8',
    dailyLossFracMax: '0.05',
    dailyTradesMax: '20',
    ordersPerMinuteMax: '10',
  },
};

/** Returns a preset's limits. @throws HoldfastError `LIMITS_PRESET_UNKNOWN` */
export function presetLimits(name: string): Limits {
  const preset = LIMITS_PRESETS.find((each) => each === name);
  if (preset === undefined) {
    throw new HoldfastError(
      'LIMITS_PRESET_UNKNOWN',
      `limits preset must be one of ${LIMITS_PRESETS.join(', ')}, was "${name}"`,
      { context: { name, presets: LIMITS_PRESETS } },
    );
  }
  return parseLimits(PRESETS[preset]);
}
