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
  positionQtyMax: NONE,
  positionNotionalQuoteMax: NONE,
} as const;

export const LIMITS_PRESETS = [
  'bot4',
  'lightning',
  'neolight',
  'platform',
  'conservative-crypto',
  'us-equities',
] as const;

export type LimitsPreset = (typeof LIMITS_PRESETS)[number];

/** Limits by name. What a preset leaves open is `unlimited` and stands so in every report. */
const PRESETS: Readonly<Record<LimitsPreset, LimitsOptions>> = {
  /**
   * RISK-02 to RISK-05, RISK-13: 2 % a position, a stop loss always, correlation up to 0.7, 15 % drawdown, 110 % margin. With
   * more than one instrument correlations must be told; that they may be a day old is ours.
   */
  bot4: {
    ...UNLIMITED,
    positionFracMax: '0.02',
    drawdownFracMax: '0.15',
    stopLossRequired: true,
    correlationMax: '0.7',
    correlationAgeMsMax: '86400000',
    marginCoverFracMin: '1.1',
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
  /**
   * RISK-05, RISK-24: the drawdown guard cuts sizes before the hard 15 %. The catalogue says where it ends and not where it
   * begins, so the 10 % are ours; the guard needs a size to cut, and takes the 15 % a position of RISK-02.
   */
  neolight: {
    ...UNLIMITED,
    positionFracMax: '0.15',
    drawdownSoftFracMax: '0.1',
    drawdownFracMax: '0.15',
  },
  /**
   * ARC-15 names over-leverage prevention without a number, and X-02 says that its 8 % are a claim and no limit: gross
   * exposure stays within the account's own equity.
   */
  platform: { ...UNLIMITED, grossExposureFracMax: '1', leverageMax: '1' },
  /** Ours: a small account on spot markets that never close and fall far in a day. */
  'conservative-crypto': {
    ...UNLIMITED,
    positionFracMax: '0.05',
    grossExposureFracMax: '0.5',
    leverageMax: '1',
    assetExposureFracMax: '0.1',
    buyingPowerFracMax: '0.95',
    priceBandFracMax: '0.02',
    priceCollarFracMax: '0.05',
    priceCollarWindowMsMin: '300000',
    ordersPerMinuteMax: '30',
    dailyLossFracMax: '0.02',
    weeklyLossFracMax: '0.05',
    drawdownSoftFracMax: '0.05',
    drawdownFracMax: '0.1',
    consecutiveLossesMax: '5',
    duplicateWindowMsMin: '1000',
    executionsMax: '60',
    executionsWindowMsMin: '60000',
    openOrdersMax: '50',
    stopLossRequired: true,
    stopUncoveredMsMax: '5000',
    priceAgeMsMax: '5000',
  },
  /** Ours: US shares on margin; twice equity is what Regulation T lends overnight. */
  'us-equities': {
    ...UNLIMITED,
    positionFracMax: '0.1',
    grossExposureFracMax: '2',
    leverageMax: '2',
    netExposureFracMax: '1',
    concentrationFracMax: '0.1',
    priceBandFracMax: '0.05',
    priceCollarFracMax: '0.05',
    priceCollarWindowMsMin: '300000',
    ordersPerMinuteMax: '60',
    dailyLossFracMax: '0.03',
    weeklyLossFracMax: '0.06',
    drawdownSoftFracMax: '0.1',
    drawdownFracMax: '0.15',
    duplicateWindowMsMin: '1000',
    executionsMax: '120',
    executionsWindowMsMin: '60000',
    openOrdersMax: '200',
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
