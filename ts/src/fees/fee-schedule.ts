import { z } from 'zod';

import { Amount } from '../core/amount.js';
import { HoldfastError } from '../core/holdfast-error.js';
import { decimalText, parseConfig } from '../core/schema.js';
import { FeeRate } from './fee-rate.js';

const TIERS_MAX = 64;
const DISCOUNTS_MAX = 16;

const tierSchema = z.strictObject({
  name: z.string().min(1),
  /** Volume of the last 30 days from which the tier holds; without one it is chosen by name only. */
  volumeMin: decimalText.optional(),
  maker: decimalText,
  taker: decimalText,
});

/** Schema of a fee schedule; rates are fractions of the notional. */
export const feeScheduleSchema = z.strictObject({
  name: z.string().min(1),
  venue: z.string().min(1),
  product: z.enum(['spot', 'perpetual', 'future', 'option']),
  /** Currency in which volumes are counted. */
  volumeCurrency: z.string().min(1).default('USD'),
  /** Where the figures stand. */
  source: z.strictObject({
    address: z.string().min(1),
    /** Date of the page, or the word `undated`. */
    date: z.union([z.literal('undated'), z.iso.date()]),
    note: z.string().optional(),
  }),
  /** From the smallest volume on. */
  tiers: z.array(tierSchema).min(1).max(TIERS_MAX),
  /** Fractions taken off the fee, by name: for paying in the venue's own coin, for example. */
  discounts: z.record(z.string(), decimalText).default({}),
});

export type FeeScheduleOptions = z.input<typeof feeScheduleSchema>;

/** Which rates of a schedule hold. */
export interface FeeLevel {
  /** The tier by its name; without one it is told by the volume. */
  readonly tier?: string | undefined;
  /** Own volume of the last 30 days in the schedule's currency; nothing was traded unless given. */
  readonly volume?: string | number | undefined;
  /** Names of discounts that apply, one after the other. */
  readonly discounts?: readonly string[] | undefined;
}

export interface FeeTier {
  readonly name: string;
  readonly volumeMin: Amount | undefined;
  readonly maker: FeeRate;
  readonly taker: FeeRate;
}

/** What a fill costs at a level. */
export interface FeeRates {
  readonly schedule: string;
  readonly tier: string;
  readonly maker: FeeRate;
  readonly taker: FeeRate;
}

function invalid(name: string, message: string): HoldfastError {
  return new HoldfastError('FEE_SCHEDULE_INVALID', `schedule ${name}: ${message}`, {
    context: { schedule: name },
  });
}

/** The fees of one product of one venue. */
export class FeeSchedule {
  readonly name: string;
  readonly venue: string;
  readonly product: 'spot' | 'perpetual' | 'future' | 'option';
  readonly source: z.output<typeof feeScheduleSchema>['source'];
  readonly volumeCurrency: string;
  readonly tiers: readonly FeeTier[];
  readonly #discounts: ReadonlyMap<string, FeeRate>;

  private constructor(options: z.output<typeof feeScheduleSchema>) {
    this.name = options.name;
    this.venue = options.venue;
    this.product = options.product;
    this.source = options.source;
    this.volumeCurrency = options.volumeCurrency;
    this.tiers = options.tiers.map(({ name, volumeMin, maker, taker }) => ({
      name,
      volumeMin: volumeMin === undefined ? undefined : Amount.parse(volumeMin, this.volumeCurrency),
      maker: FeeRate.parse(maker),
      taker: FeeRate.parse(taker),
    }));
    const discounts = Object.entries(options.discounts);
    if (discounts.length > DISCOUNTS_MAX) {
      throw invalid(this.name, `discounts must be at most ${DISCOUNTS_MAX}`);
    }
    this.#discounts = new Map(discounts.map(([name, text]) => [name, FeeRate.parse(text)]));
    this.#check();
  }

  /** @throws HoldfastError `FEE_SCHEDULE_INVALID` naming the field */
  static create(options: FeeScheduleOptions): FeeSchedule {
    const code = 'FEE_SCHEDULE_INVALID';
    return new FeeSchedule(parseConfig(feeScheduleSchema, options, 'feeSchedule', code, code));
  }

  /** Reads a schedule from JSON text. @throws HoldfastError `FEE_SCHEDULE_INVALID` */
  static parse(text: string): FeeSchedule {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new HoldfastError('FEE_SCHEDULE_INVALID', 'a fee schedule must be JSON', { cause });
    }
    const code = 'FEE_SCHEDULE_INVALID';
    return new FeeSchedule(parseConfig(feeScheduleSchema, value, 'feeSchedule', code, code));
  }

  /** @throws HoldfastError `FEE_TIER_UNKNOWN` */
  tierAt(level: FeeLevel): FeeTier {
    const found =
      level.tier === undefined ? this.#tierOfVolume(level.volume ?? 0) : this.#named(level.tier);
    if (found !== undefined) return found;
    const known = this.tiers.map(({ name }) => name);
    throw new HoldfastError(
      'FEE_TIER_UNKNOWN',
      `schedule ${this.name} must have the tier "${level.tier ?? 'of the volume'}"`,
      { context: { schedule: this.name, tier: level.tier ?? null, known } },
    );
  }

  /** The rates at a level, with its discounts taken off. @throws HoldfastError `FEE_TIER_UNKNOWN` */
  rates(level: FeeLevel = {}): FeeRates {
    const tier = this.tierAt(level);
    const discounted = (rate: FeeRate) =>
      (level.discounts ?? []).reduce((kept, name) => kept.discounted(this.#discount(name)), rate);
    return {
      schedule: this.name,
      tier: tier.name,
      maker: discounted(tier.maker),
      taker: discounted(tier.taker),
    };
  }

  #named(name: string): FeeTier | undefined {
    return this.tiers.find((tier) => tier.name === name);
  }

  #tierOfVolume(volume: string | number): FeeTier | undefined {
    const traded = Amount.parse(String(volume), this.volumeCurrency);
    return this.tiers.findLast(
      ({ volumeMin }) => volumeMin !== undefined && volumeMin.compare(traded) <= 0,
    );
  }

  #discount(name: string): FeeRate {
    const found = this.#discounts.get(name);
    if (found !== undefined) return found;
    throw new HoldfastError(
      'FEE_TIER_UNKNOWN',
      `schedule ${this.name} must have the discount "${name}"`,
      { context: { schedule: this.name, discount: name, known: [...this.#discounts.keys()] } },
    );
  }

  #check(): void {
    const names = new Set(this.tiers.map(({ name }) => name));
    if (names.size !== this.tiers.length) throw invalid(this.name, 'a tier stands twice');
    for (const [name, rate] of this.#discounts) {
      if (rate.isRebate) throw invalid(this.name, `discount ${name} must not be negative`);
    }
    let volume: Amount | undefined;
    for (const [index, tier] of this.tiers.entries()) {
      if (tier.volumeMin !== undefined) {
        if (volume !== undefined && tier.volumeMin.compare(volume) <= 0) {
          throw invalid(this.name, `tier ${tier.name} must ask for more volume`);
        }
        volume = tier.volumeMin;
      }
      const before = this.tiers[index - 1] ?? tier;
      if (tier.maker.compare(before.maker) > 0 || tier.taker.compare(before.taker) > 0) {
        throw invalid(this.name, `tier ${tier.name} must not cost more than ${before.name}`);
      }
    }
  }
}
