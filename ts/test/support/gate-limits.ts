import type { LimitsOptions } from '#ts/risk/limits.js';
import { UNLIMITED } from './scripted-session.js';

/** Values that limits may have: near to what the orders below reach, so that each is met from both sides. */
export const SIZE_LIMITS = {
  orderQtyMax: ['120', '250'],
  orderNotionalQuoteMax: ['15000', '30000'],
  positionFracMax: ['0.25', '0.4'],
  grossExposureFracMax: ['0.5', '0.9'],
  positionQtyMax: ['300', '500'],
  positionNotionalQuoteMax: ['30000', '45000'],
  netExposureFracMax: ['0.2', '0.45'],
  assetExposureFracMax: ['0.3', '0.5'],
  groupExposureFracMax: ['0.35', '0.5'],
  concentrationFracMax: ['0.2', '0.4'],
  leverageMax: ['0.6', '0.95'],
  buyingPowerFracMax: ['0.2', '0.5'],
} as const;
export const OTHER_LIMITS = {
  priceBandFracMax: ['0.01', '0.03'],
  priceCollarFracMax: ['0.02', '0.05'],
  ordersPerMinuteMax: ['6', '20'],
  dailyTradesMax: ['3', '8'],
  dailyLossFracMax: ['0.004', '0.006'],
  weeklyLossFracMax: ['0.006', '0.01'],
  totalLossFracMax: ['0.01', '0.02'],
  openOrdersMax: ['3', '8'],
  duplicateWindowMsMin: ['200', '5000'],
  executionsMax: ['4', '9'],
  consecutiveLossesMax: ['1', '3'],
  priceAgeMsMax: ['900', '30000'],
  intentAgeMsMax: ['700', '30000'],
  accountAgeMsMax: ['2000', '60000'],
  clockDriftMsMax: ['20'],
} as const;
export const PORTFOLIO_LIMITS = {
  correlationMax: ['0.3', '0.7'],
  varFracMax: ['0.01', '0.02'],
  varAmountMax: ['900'],
  cvarFracMax: ['0.015', '0.03'],
  cvarAmountMax: ['1300'],
  riskScoreMax: ['40'],
} as const;

/** Which limits of a sequence are set, and how. */
export interface LimitsChoice {
  readonly sizes: unknown;
  readonly others: unknown;
  readonly portfolio: unknown;
  readonly isAbsolute: boolean;
  readonly guard: boolean;
  readonly flags: { readonly restricted: boolean; readonly shortSaleDenied: boolean };
  readonly isRestricted: number;
  /** Messages of stops and their cancels are the engine's own, so one of the two is looked at. */
  readonly kind: 'stops' | 'messages';
}

/** The limits of a choice, without contradictions. */
export function limitsOf(choice: LimitsChoice): LimitsOptions {
  const { sizes, others, portfolio, isAbsolute, guard, flags, isRestricted, kind } = choice;
  const drawdown = guard ? { drawdownSoftFracMax: '0.004', drawdownFracMax: '0.012' } : {};
  const limits = {
    ...UNLIMITED,
    ...(sizes as LimitsOptions),
    ...(others as LimitsOptions),
    ...(portfolio as LimitsOptions),
    correlationAbsolute: isAbsolute,
    correlationAgeMsMax: '30000',
    riskAgeMsMax: '30000',
    ...drawdown,
    ...(guard ? { positionFracMax: '0.3' } : {}),
    priceCollarWindowMsMin: '3000',
    executionsWindowMsMin: '60000',
    restricted: flags.restricted && isRestricted === 0,
    shortSaleDenied: flags.shortSaleDenied && isRestricted > 6,
    groups: { g: ['I0', 'I2'] },
    ...(kind === 'stops'
      ? { stopLossRequired: isRestricted < 5, stopUncoveredMsMax: '1500' }
      : { messagesPerSecondMax: '5', cancelReserveFracMin: '0.4' }),
  };
  return withoutContradictions(limits);
}

/** Takes back what contradicts another limit, since such limits are refused as a whole. */
function withoutContradictions(limits: LimitsOptions): LimitsOptions {
  const gross = limits.grossExposureFracMax;
  const above = (one: unknown, other: unknown) =>
    one !== undefined &&
    one !== 'unlimited' &&
    other !== 'unlimited' &&
    Number(one) > Number(other);
  const kept: Record<string, unknown> = { ...limits };
  const pairs = [
    ['positionFracMax', gross],
    ['netExposureFracMax', gross],
    ['assetExposureFracMax', gross],
    ['groupExposureFracMax', gross],
    ['orderQtyMax', limits.positionQtyMax],
    ['orderNotionalQuoteMax', limits.positionNotionalQuoteMax],
  ] as const;
  for (const [name, other] of pairs) if (above(kept[name], other)) kept[name] = other;
  if (above(gross, limits.leverageMax ?? 'unlimited')) kept['leverageMax'] = gross;
  return kept as unknown as LimitsOptions;
}

/** Codes of the controls that native gate and reference both know. */
export const KNOWN_TO_BOTH: readonly string[] = [
  'ORDER_QTY_EXCEEDED',
  'POSITION_LIMIT_EXCEEDED',
  'NET_EXPOSURE_EXCEEDED',
  'ASSET_EXPOSURE_EXCEEDED',
  'GROUP_EXPOSURE_EXCEEDED',
  'CONCENTRATION_EXCEEDED',
  'LEVERAGE_EXCEEDED',
  'BUYING_POWER_EXCEEDED',
  'MESSAGE_RATE_EXCEEDED',
  'DUPLICATE_INTENT',
  'EXECUTIONS_THROTTLED',
  'DRAWDOWN_GUARD',
  'CONSECUTIVE_LOSSES',
  'PRICE_COLLAR_EXCEEDED',
  'STOP_COVERAGE_MISSING',
  'ACCOUNT_STALE',
  'INTENT_STALE',
  'CLOCK_DRIFT_EXCEEDED',
  'INSTRUMENT_HALTED',
  'BREAKER_OPEN',
  'SHORT_SALE_DENIED',
  'WEEKLY_LOSS_EXCEEDED',
  'ORDER_NOTIONAL_EXCEEDED',
  'GROSS_EXPOSURE_EXCEEDED',
  'POSITION_QTY_EXCEEDED',
  'POSITION_NOTIONAL_EXCEEDED',
  'ORDER_RATE_EXCEEDED',
  'DAILY_TRADES_EXCEEDED',
  'DAILY_LOSS_EXCEEDED',
  'TOTAL_LOSS_EXCEEDED',
  'DRAWDOWN_EXCEEDED',
  'PRICE_BAND_EXCEEDED',
  'PRICE_STALE',
  'OPEN_ORDERS_EXCEEDED',
  'STOP_LOSS_REQUIRED',
  'INSTRUMENT_RESTRICTED',
  'CORRELATION_STALE',
  'CORRELATION_TOO_HIGH',
  'PORTFOLIO_RISK_STALE',
  'VAR_EXCEEDED',
  'CVAR_EXCEEDED',
  'RISK_SCORE_EXCEEDED',
];
