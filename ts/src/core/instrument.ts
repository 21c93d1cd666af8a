import { z } from 'zod';

import { Amount, AMOUNT_SCALE, MIDDLE_SCALE } from './amount.js';
import { checkContract, contractShape, type InstrumentKind, settlementOf } from './contract.js';
import { type Decimal, decimalOf, formatDecimal, parseDecimal, stepsOf } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';
import { Price } from './price.js';
import { Quantity } from './quantity.js';
import { decimalText, parseConfig } from './schema.js';
import { type ShortDecimal, shortSteps } from './short-decimal.js';

const optionalDecimal = decimalText.optional();

/** Schema of an instrument's rules; decimals are strings or numbers. */
export const instrumentSchema = z.strictObject({
  symbol: z.string().min(1),
  venue: z.string().min(1).default('SIM'),
  baseCurrency: z.string().min(1).optional(),
  quoteCurrency: z.string().min(1).default('USD'),
  settlementCurrency: z.string().min(1).optional(),
  tickSize: decimalText,
  lotSize: decimalText,
  contractMultiplier: decimalText.default('1'),
  minQuantity: optionalDecimal,
  maxQuantity: optionalDecimal,
  minNotional: optionalDecimal,
  maxNotional: optionalDecimal,
  /** Largest distance of an order's price from the reference price, as a fraction. */
  percentPriceFrac: optionalDecimal,
  /** Whether it pays funding. */
  perpetual: z.boolean().default(false),
  ...contractShape,
});

export type InstrumentOptions = z.input<typeof instrumentSchema>;

const I64_MAX = 2n ** 63n - 1n;
const I64_MIN = -(2n ** 63n);

const I128_MAX = 2n ** 127n - 1n;

type Step = 'tick' | 'lot';

/**
 * A tradable contract on one venue with its rules, and the exact way from decimals to its ticks and lots.
 *
 * A number is read through its shortest decimal form and must be an exact multiple of the tick or lot; rounding
 * happens only by name (`floorPrice`, `ceilPrice`, `nearestPrice`, `floorQuantity`).
 *
 * @example
 * const spy = Instrument.create({ symbol: 'SPY', tickSize: '0.01', lotSize: '1' });
 * spy.price(430.25).ticks;        // 43025n
 * spy.price(430.255);             // throws PRICE_OFF_TICK, context names 430.25 and 430.26
 * spy.floorQuantity(12.7).lots;   // 12n
 */
export class Instrument {
  readonly symbol: string;
  readonly venue: string;
  readonly quoteCurrency: string;
  /** Currency of profit and loss, fees and funding. */
  readonly settlementCurrency: string;
  readonly kind: InstrumentKind;
  readonly options: z.output<typeof instrumentSchema>;
  readonly #tick: Decimal;
  readonly #lot: Decimal;
  readonly #tickLotValue: bigint;
  /** What one lot of an inverse contract stands for in the quote currency, and in base at a price of one tick. */
  readonly #inverse: InverseFace | null;
  /** Tick, lot and the value of a tick of a lot in numbers; where one has too many digits, nothing is short. */
  readonly #tickShort: ShortDecimal;
  readonly #lotShort: ShortDecimal;
  readonly #tickLotShort: ShortDecimal;

  private constructor(options: z.output<typeof instrumentSchema>) {
    this.options = options;
    this.symbol = options.symbol;
    this.venue = options.venue;
    this.quoteCurrency = options.quoteCurrency;
    this.settlementCurrency = settlementOf(options);
    this.kind = options.kind ?? 'spot';
    this.#tick = positive('tickSize', options.tickSize);
    this.#lot = positive('lotSize', options.lotSize);
    const multiplier = positive('contractMultiplier', options.contractMultiplier);
    if (this.#lot.scale > AMOUNT_SCALE) {
      throw invalidField('lotSize', options.lotSize, `must have at most ${AMOUNT_SCALE} decimals`);
    }
    checkFilters(options, this.#lot);
    checkContract(options);
    const scale = this.#tick.scale + this.#lot.scale + multiplier.scale;
    const mantissa = this.#tick.mantissa * this.#lot.mantissa * multiplier.mantissa;
    if (scale > AMOUNT_SCALE && mantissa % 10n ** BigInt(scale - AMOUNT_SCALE) !== 0n) {
      throw new HoldfastError(
        'INSTRUMENT_INVALID',
        'tickSize times lotSize times contractMultiplier must be a multiple of 1e-18, ' +
          `was ${formatDecimal(mantissa, scale)}`,
        { context: { field: 'tickSize', value: options.tickSize } },
      );
    }
    if (
      mantissa > I128_MAX ||
      (scale < AMOUNT_SCALE && mantissa > I128_MAX / 10n ** BigInt(AMOUNT_SCALE - scale))
    ) {
      throw invalidField(
        'tickSize',
        options.tickSize,
        'times lotSize times contractMultiplier must fit 128 bits',
      );
    }
    this.#tickLotValue =
      scale > AMOUNT_SCALE
        ? mantissa / 10n ** BigInt(scale - AMOUNT_SCALE)
        : mantissa * 10n ** BigInt(AMOUNT_SCALE - scale);
    this.#inverse = this.kind === 'inverse' ? inverseFace(this.#tick, this.#lot, multiplier) : null;
    this.#tickShort = shortOf(this.#tick);
    this.#lotShort = shortOf(this.#lot);
    this.#tickLotShort = shortOf(
      scale > AMOUNT_SCALE
        ? { mantissa: this.#tickLotValue, scale: AMOUNT_SCALE }
        : widened({ mantissa, scale }, MIDDLE_SCALE),
    );
  }

  /** @throws HoldfastError `INSTRUMENT_INVALID`, `CONFIG_UNKNOWN_KEY` naming the field */
  static create(options: InstrumentOptions): Instrument {
    return new Instrument(
      parseConfig(instrumentSchema, options, 'instrument', 'INSTRUMENT_INVALID'),
    );
  }

  /** @throws HoldfastError `DECIMAL_INVALID`, `PRICE_OFF_TICK`, `PRICE_OUT_OF_RANGE` */
  price(value: string | number | Price): Price {
    if (!(value instanceof Price)) return new Price(this.#exact(value, 'tick'), this.#tick);
    const own = Price.counts(value, this.#tick);
    if (own === true) return value;
    // The ticks of another instrument are other prices.
    return new Price(this.#exact(own === null ? Number.NaN : value.toString(), 'tick'), this.#tick);
  }

  /** The largest price on a tick that is not above the value. */
  floorPrice(value: string | number): Price {
    return new Price(this.#rounded(value, 'tick', 'floor'), this.#tick);
  }

  /** The smallest price on a tick that is not below the value. */
  ceilPrice(value: string | number): Price {
    return new Price(this.#rounded(value, 'tick', 'ceil'), this.#tick);
  }

  /** The nearest price on a tick; a tie goes up. */
  nearestPrice(value: string | number): Price {
    return new Price(this.#rounded(value, 'tick', 'nearest'), this.#tick);
  }

  /** Makes a price from its count of ticks. */
  priceOfTicks(ticks: bigint): Price {
    return new Price(inRange(ticks, 'tick', String(ticks)), this.#tick);
  }

  /** Ticks of a price of at most 15 digits; NaN for what is none, off its tick or longer, which `price` reads. */
  shortTicks(value: string | number): number {
    return shortSteps(value, this.#tickShort);
  }

  /** Lots of a quantity of at most 15 digits, as `shortTicks`. */
  shortLots(value: string | number): number {
    return shortSteps(value, this.#lotShort);
  }

  /** @throws HoldfastError `DECIMAL_INVALID`, `QTY_OFF_LOT`, `QTY_OUT_OF_RANGE` */
  quantity(value: string | number | Quantity): Quantity {
    if (!(value instanceof Quantity)) return new Quantity(this.#exact(value, 'lot'), this.#lot);
    const own = Quantity.counts(value, this.#lot);
    if (own === true) return value;
    return new Quantity(
      this.#exact(own === null ? Number.NaN : value.toString(), 'lot'),
      this.#lot,
    );
  }

  /** The largest quantity in whole lots that is not above the value. */
  floorQuantity(value: string | number): Quantity {
    return new Quantity(this.#rounded(value, 'lot', 'floor'), this.#lot);
  }

  /** Makes a quantity from its count of lots. */
  quantityOfLots(lots: bigint): Quantity {
    return new Quantity(inRange(lots, 'lot', String(lots)), this.#lot);
  }

  /**
   * |price × quantity × multiplier| in the quote currency, exactly; for an inverse contract the sum its lots stand for.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`
   */
  notional(price: Price, quantity: Quantity): Amount {
    if (this.#inverse !== null) {
      const face = this.#inverse.perLot * magnitude(quantity.lots);
      return Amount.fromRaw(face, this.quoteCurrency);
    }
    const { units, scale } = this.#tickLotShort;
    // A product that a double does not hold exactly is no safe integer either.
    const short = Math.abs(price.ticksNumber * quantity.lotsNumber * units);
    if (short <= Number.MAX_SAFE_INTEGER) {
      return Amount.fromUnits({ units: short, scale }, this.quoteCurrency);
    }
    return Amount.fromRaw(
      magnitude(price.ticks * quantity.lots * this.#tickLotValue),
      this.quoteCurrency,
    );
  }

  /**
   * The notional in the settlement currency. For an inverse contract it is the notional over the price, rounded half-even
   * to 10⁻¹⁸ of the base currency; for every other kind it is the notional itself.
   *
   * @throws HoldfastError `AMOUNT_OVERFLOW`, `PRICE_OUT_OF_RANGE` for an inverse contract at a price that is not positive
   */
  settlementNotional(price: Price, quantity: Quantity): Amount {
    if (this.#inverse === null) return this.notional(price, quantity);
    if (price.ticks <= 0n) {
      throw new HoldfastError(
        'PRICE_OUT_OF_RANGE',
        `price of an inverse contract must be positive, was ${price}`,
        { context: { value: String(price) } },
      );
    }
    const owed = this.#inverse.perLotTick * magnitude(quantity.lots);
    return Amount.fromRaw(dividedHalfEven(owed, price.ticks), this.settlementCurrency);
  }

  #exact(value: string | number, step: Step): bigint {
    const short = shortSteps(value, step === 'tick' ? this.#tickShort : this.#lotShort);
    if (!Number.isNaN(short)) return BigInt(short);
    const { steps, exact } = stepsOf(decimalOf(value), step === 'tick' ? this.#tick : this.#lot);
    inRange(steps, step, String(value));
    if (!exact) throw this.#offStep(value, step, steps);
    return steps;
  }

  #rounded(value: string | number, step: Step, mode: 'floor' | 'ceil' | 'nearest'): bigint {
    const decimal = decimalOf(value);
    const size = step === 'tick' ? this.#tick : this.#lot;
    const half = { mantissa: size.mantissa * 5n, scale: size.scale + 1 };
    const shifted = mode === 'nearest' ? sum(decimal, half) : decimal;
    const { steps, exact } = stepsOf(shifted, size);
    return inRange(mode === 'ceil' && !exact ? steps + 1n : steps, step, String(value));
  }

  #offStep(value: string | number, step: Step, below: bigint): HoldfastError {
    const make = (steps: bigint) =>
      step === 'tick' ? new Price(steps, this.#tick) : new Quantity(steps, this.#lot);
    const [code, noun, size] =
      step === 'tick'
        ? (['PRICE_OFF_TICK', 'price', this.options.tickSize] as const)
        : (['QTY_OFF_LOT', 'quantity', this.options.lotSize] as const);
    const [floor, ceil] = [make(below).toString(), make(below + 1n).toString()];
    return new HoldfastError(
      code,
      `${noun} must be a multiple of ${size}, was ${value}; the neighbours are ${floor} and ${ceil}`,
      { context: { value: String(value), step: size, below: floor, above: ceil } },
    );
  }
}

interface InverseFace {
  readonly perLot: bigint;
  readonly perLotTick: bigint;
}

/** @throws HoldfastError `INSTRUMENT_INVALID` when money could not be exact */
function inverseFace(tick: Decimal, lot: Decimal, multiplier: Decimal): InverseFace {
  const [mantissa, scale] = [lot.mantissa * multiplier.mantissa, lot.scale + multiplier.scale];
  const scaled = mantissa * 10n ** BigInt(Math.max(0, AMOUNT_SCALE + tick.scale - scale));
  if (scale > AMOUNT_SCALE || scaled % tick.mantissa !== 0n) {
    throw invalidField(
      'tickSize',
      formatDecimal(tick.mantissa, tick.scale),
      'must divide lotSize times contractMultiplier to a multiple of 1e-18',
    );
  }
  const perLot = mantissa * 10n ** BigInt(AMOUNT_SCALE - scale);
  return { perLot, perLotTick: scaled / tick.mantissa };
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Divides two positive integers to the nearest, ties to the even neighbour. */
function dividedHalfEven(numerator: bigint, denominator: bigint): bigint {
  const [quotient, twice] = [numerator / denominator, (numerator % denominator) * 2n];
  const isUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return isUp ? quotient + 1n : quotient;
}

/** The same decimal in numbers; where it has too many digits, so has every product with it. */
function shortOf({ mantissa, scale }: Decimal): ShortDecimal {
  return { units: Number(mantissa), scale };
}

/** The same decimal with at least so many digits after the point. */
function widened({ mantissa, scale }: Decimal, scaleMin: number): Decimal {
  if (scale >= scaleMin) return { mantissa, scale };
  return { mantissa: mantissa * 10n ** BigInt(scaleMin - scale), scale: scaleMin };
}

function sum(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  const mantissa =
    left.mantissa * 10n ** BigInt(scale - left.scale) +
    right.mantissa * 10n ** BigInt(scale - right.scale);
  return { mantissa, scale };
}

function inRange(steps: bigint, step: Step, value: string): bigint {
  if (steps <= I64_MAX && steps >= I64_MIN) return steps;
  const code = step === 'tick' ? 'PRICE_OUT_OF_RANGE' : 'QTY_OUT_OF_RANGE';
  throw new HoldfastError(code, `${step}s must fit 64 bits, the value was ${value}`, {
    context: { value },
  });
}

function invalidField(field: string, text: string, rule: string): HoldfastError {
  return new HoldfastError('INSTRUMENT_INVALID', `${field} ${rule}, was ${text}`, {
    context: { field, value: text },
  });
}

function positive(field: string, text: string): Decimal {
  const value = parseDecimal(text);
  if (value.mantissa > 0n) return value;
  throw invalidField(field, text, 'must be positive');
}

type Filter = 'minQuantity' | 'maxQuantity' | 'minNotional' | 'maxNotional' | 'percentPriceFrac';

/** Checks the venue's filters: positive, exact in their unit, and not against each other. */
function checkFilters(options: z.output<typeof instrumentSchema>, lot: Decimal): void {
  const read = (field: Filter, step: Decimal, unit: string): bigint | null => {
    const text = options[field];
    if (text === undefined) return null;
    const { steps, exact } = stepsOf(positive(field, text), step);
    if (exact) return steps;
    throw invalidField(field, text, `must be a multiple of ${unit}`);
  };
  const amount = { mantissa: 1n, scale: AMOUNT_SCALE };
  const pairs = [
    ['minQuantity', 'maxQuantity', lot, options.lotSize],
    ['minNotional', 'maxNotional', amount, '1e-18'],
  ] as const;
  for (const [min, max, step, unit] of pairs) {
    const [low, high] = [read(min, step, unit), read(max, step, unit)];
    if (low !== null && high !== null && low > high) {
      throw invalidField(min, options[min] ?? '', `must not be above ${max}`);
    }
  }
  read('percentPriceFrac', { mantissa: 1n, scale: 6 }, '0.000001');
}
