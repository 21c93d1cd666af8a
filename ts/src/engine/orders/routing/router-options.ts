import { z } from 'zod';

import type { Breaker } from '../../../breaker/breaker.js';
import { HoldfastError } from '../../../core/holdfast-error.js';
import { decimalText, parseConfig } from '../../../core/schema.js';
import { FeeRate } from '../../../fees/fee-rate.js';
import type { FeeRates } from '../../../fees/fee-schedule.js';
import type { RouteWeights } from './route-cost.js';

/** A venue that orders may go to. */
export interface RoutedVenue {
  /** What a fill costs there now, by the instrument's symbol; what it throws keeps orders from the venue. */
  readonly rates: (symbol: string) => FeeRates;
  /** While it does not let calls pass, the venue gets no order. */
  readonly breaker?: Breaker;
}

const fraction = decimalText.transform((text) => FeeRate.parse(text));

const schema = z.strictObject({
  venues: z.record(
    z.string().min(1),
    z.strictObject({
      rates: z.custom<RoutedVenue['rates']>((value) => typeof value === 'function'),
      breaker: z.custom<Breaker>((value) => typeof value === 'object' && value !== null).optional(),
    }),
  ),
  /** Age at which a quote is no basis for a choice. */
  quoteAgeMsMax: z.int().positive().default(5_000),
  beyondTouchFrac: fraction.prefault('0.001'),
  delayFracPerS: fraction.prefault('0.0002'),
  failureFrac: fraction.prefault('0.002'),
});

export interface RouterOptions {
  /** By the `venue` of the engine's instruments. */
  readonly venues: Readonly<Record<string, RoutedVenue>>;
  /** Age at which a quote is no basis for a choice. Default 5000. */
  readonly quoteAgeMsMax?: number;
  /** What a taker is expected to pay on the part that the touch does not hold, as a fraction. Default 0.001. */
  readonly beyondTouchFrac?: string;
  /** What a second until the venue's answer is expected to cost, as a fraction of the notional. Default 0.0002. */
  readonly delayFracPerS?: string;
  /** What a command without an answer is expected to cost, as a fraction of the notional. Default 0.002. */
  readonly failureFrac?: string;
}

export interface ParsedRouterOptions {
  readonly venues: ReadonlyMap<string, RoutedVenue>;
  readonly quoteAgeMsMax: number;
  readonly weights: RouteWeights;
}

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `FEE_SCHEDULE_INVALID` for a fraction beyond one whole */
export function parseRouterOptions(options: RouterOptions): ParsedRouterOptions {
  const parsed = parseConfig(schema, options, 'options', 'CONFIG_INVALID');
  const { beyondTouchFrac, delayFracPerS, failureFrac, quoteAgeMsMax } = parsed;
  const weights = { beyondTouchFrac, delayFracPerS, failureFrac };
  for (const [field, weight] of Object.entries(weights)) {
    if (!weight.isRebate) continue;
    throw new HoldfastError(
      'CONFIG_INVALID',
      `options.${field} must not be negative, was ${weight}`,
      {
        context: { field: `options.${field}`, value: String(weight) },
      },
    );
  }
  const venues = new Map(
    Object.entries(parsed.venues).map(([name, { rates, breaker }]): [string, RoutedVenue] => [
      name,
      breaker === undefined ? { rates } : { rates, breaker },
    ]),
  );
  return { venues, quoteAgeMsMax, weights };
}
