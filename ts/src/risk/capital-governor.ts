import { z } from 'zod';

import { HoldfastError } from '../core/holdfast-error.js';
import { decimalText, parseConfig } from '../core/schema.js';

/** By which rule capital is divided. */
export type CapitalRule = 'fixed' | 'equal' | 'inverse_volatility' | 'score';

const HOUR_MS = 3_600_000;
/** When a division is made anew: at the first moment of an hour, of a UTC day, of a UTC week from Monday, or by hand. */
const PERIODS_MS = { hourly: HOUR_MS, daily: 24 * HOUR_MS, weekly: 7 * 24 * HOUR_MS } as const;
/** The first Monday after the epoch. */
const FIRST_MONDAY_MS = 4 * 24 * HOUR_MS;

const strategySchema = z
  .strictObject({
    /** Share of equity, under the rule `fixed`. */
    frac: decimalText.optional(),
    /** Amount of the account's currency, under the rule `fixed`. */
    amount: decimalText.optional(),
    /** Least and largest share of equity, under the other rules. */
    minFrac: decimalText.optional(),
    maxFrac: decimalText.optional(),
  })
  .default({});

const schema = z.strictObject({
  rule: z.enum(['fixed', 'equal', 'inverse_volatility', 'score']),
  /** Share of equity that no strategy has. */
  reserveFrac: decimalText,
  /** Every strategy of the limits, by name. */
  strategies: z.record(z.string().min(1), strategySchema),
  rebalance: z.enum(['hourly', 'daily', 'weekly', 'by_hand']).default('by_hand'),
});

export type CapitalGovernorOptions = z.input<typeof schema>;

/** Whatever takes a plan: an engine. */
export interface CapitalHolder {
  planCapital(plan: CapitalPlan, options?: { readonly secondKey?: string }): void;
}

/** A plan as the native core reads it; strategies stand in the order of the limits. */
export interface CapitalPlan {
  readonly rule: CapitalRule;
  readonly reserve_frac: string;
  readonly strategies: readonly Readonly<Record<string, string>>[];
}

/**
 * Divides capital among the strategies of an account at declared moments, by a declared rule. What it gives a strategy is a
 * limit of the gate: its exposure with all its open orders never passes it (`CAPITAL_ALLOCATION_EXCEEDED`).
 *
 * @example
 * const governor = new CapitalGovernor(['trend', 'carry'], {
 *   rule: 'inverse_volatility', reserveFrac: '0.1', rebalance: 'weekly',
 *   strategies: { trend: { maxFrac: '0.6' }, carry: {} },
 * });
 * governor.weigh({ trend: 0.18, carry: 0.07 });
 * governor.observe(Date.now(), engine);
 */
export class CapitalGovernor {
  readonly #options: z.output<typeof schema>;
  readonly #names: readonly string[];
  readonly #weights = new Map<string, string>();
  #period: number | undefined;

  /**
   * @param strategies names in the order of the limits
   * @throws HoldfastError `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY` for a strategy that the limits do not name
   */
  constructor(strategies: readonly string[], options: CapitalGovernorOptions) {
    this.#options = parseConfig(schema, options, 'capital', 'LIMITS_INVALID', 'LIMITS_UNKNOWN_KEY');
    this.#names = [...strategies];
    for (const name of Object.keys(this.#options.strategies)) this.#known(name);
  }

  /**
   * Takes volatilities, or scores, by strategy; they hold from the next division on.
   *
   * @throws HoldfastError `LIMITS_UNKNOWN_KEY`, `LIMITS_INVALID`
   */
  weigh(weights: Readonly<Record<string, string | number>>): void {
    const parsed = Object.entries(weights).map(([name, weight]) => {
      this.#known(name);
      const text = decimalText.safeParse(weight);
      if (text.success) return [name, text.data] as const;
      throw new HoldfastError('LIMITS_INVALID', `weight of ${name} must be a plain decimal`, {
        context: { strategy: name, value: String(weight) },
      });
    });
    for (const [name, weight] of parsed) this.#weights.set(name, weight);
  }

  /** The plan that a division would make now. */
  plan(): CapitalPlan {
    const { rule, reserveFrac, strategies } = this.#options;
    return {
      rule,
      reserve_frac: reserveFrac,
      strategies: this.#names.map((name) => this.#share(name, strategies[name])),
    };
  }

  /** Divides when a declared moment has come since the last call; the first call divides. Returns whether it did. */
  observe(nowMs: number, holder: CapitalHolder): boolean {
    const { rebalance } = this.#options;
    const period =
      rebalance === 'by_hand' ? 0 : Math.floor((nowMs - FIRST_MONDAY_MS) / PERIODS_MS[rebalance]);
    if (this.#period !== undefined && period <= this.#period) return false;
    this.rebalance(holder);
    this.#period = period;
    return true;
  }

  /**
   * Divides at once.
   *
   * @throws HoldfastError `LIMITS_CONTRADICTORY` when shares pass what the reserve leaves, `LIMITS_LOOSENING_DENIED` when
   * neither the second key nor a delay of the limits permits a raise
   */
  rebalance(holder: CapitalHolder, options: { readonly secondKey?: string } = {}): void {
    holder.planCapital(this.plan(), options);
  }

  /** A strategy that nothing is said of takes part with an equal or a weighed share, and has none under fixed ones. */
  #share(
    name: string,
    given: z.output<typeof strategySchema> = {},
  ): Readonly<Record<string, string>> {
    const { rule } = this.#options;
    if (rule === 'fixed') {
      const { frac, amount } = given;
      if (amount !== undefined) return frac === undefined ? { amount } : { amount, frac };
      return { frac: frac ?? '0' };
    }
    const weight = this.#weights.get(name);
    return {
      ...(weight === undefined || rule === 'equal' ? {} : { weight }),
      ...(given.minFrac === undefined ? {} : { min_frac: given.minFrac }),
      ...(given.maxFrac === undefined ? {} : { max_frac: given.maxFrac }),
    };
  }

  #known(name: string): void {
    if (this.#names.includes(name)) return;
    throw new HoldfastError(
      'LIMITS_UNKNOWN_KEY',
      `capital must be of strategies that the limits name, not of "${name}"`,
      { context: { strategy: name, known: this.#names } },
    );
  }
}
