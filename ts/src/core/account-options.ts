import { z } from 'zod';

import { HoldfastError } from './holdfast-error.js';
import type { Instrument } from './instrument.js';
import { decimalText, parseConfig } from './schema.js';

/** Schema of how an account is kept; the default is one currency, netted positions and no interest. */
export const accountSchema = z.strictObject({
  /** Currency in which equity is told; the first instrument's settlement currency when left out. */
  currency: z.string().min(1).optional(),
  /** `netting`: one signed position an instrument; `hedging`: a long and a short one side by side. */
  positionMode: z.enum(['netting', 'hedging']).default('netting'),
  /** Cash in other currencies at the start. */
  balances: z
    .array(z.strictObject({ currency: z.string().min(1), amount: decimalText }))
    .default([]),
  /** Rates that follow the price of an instrument, by its symbol; others come from `context.setRate`. */
  rateSources: z
    .array(z.strictObject({ currency: z.string().min(1), symbol: z.string().min(1) }))
    .default([]),
  /** Oldest rate by which an order may be judged; needed with a second currency. */
  rateAgeMsMax: z.union([z.literal('unlimited'), z.int().positive()]).optional(),
  /** Simple interest on cash below zero and on spot units sold short, for each hour or day. */
  borrow: z
    .array(
      z.strictObject({
        currency: z.string().min(1),
        rateFrac: decimalText,
        per: z.enum(['hour', 'day']),
      }),
    )
    .default([]),
});

export type AccountOptions = z.input<typeof accountSchema>;
export type AccountRules = Readonly<z.output<typeof accountSchema>>;

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function parseAccount(options: AccountOptions = {}): AccountRules {
  return parseConfig(accountSchema, options, 'account', 'CONFIG_INVALID');
}

/** Writes the rules as the native core reads them; undefined for the default, which adds nothing to a configuration. */
export function accountRecord(
  rules: AccountRules,
  instruments: readonly Instrument[],
): Record<string, unknown> | undefined {
  const { currency, positionMode, balances, rateSources, rateAgeMsMax, borrow } = rules;
  const lists = balances.length + rateSources.length + borrow.length;
  const plain = currency === undefined && rateAgeMsMax === undefined;
  if (plain && positionMode === 'netting' && lists === 0) return undefined;
  return {
    currency: currency ?? null,
    position_mode: positionMode,
    balances,
    rate_sources: rateSources.map((source) => ({
      currency: source.currency,
      instrument: indexOf(source.symbol, instruments),
    })),
    rate_age_ms_max: rateAgeMsMax === undefined ? null : String(rateAgeMsMax),
    borrow: borrow.map((each) => ({
      currency: each.currency,
      rate_frac: each.rateFrac,
      per: each.per,
    })),
  };
}

function indexOf(symbol: string, instruments: readonly Instrument[]): number {
  const index = instruments.findIndex((each) => each.symbol === symbol);
  if (index >= 0) return index;
  throw new HoldfastError(
    'CONFIG_INVALID',
    `account.rateSources must name an instrument of the session, named ${symbol}`,
    { context: { field: 'account.rateSources', value: symbol } },
  );
}
