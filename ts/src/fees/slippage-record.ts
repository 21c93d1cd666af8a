import type { Amount } from '../core/amount.js';
import type { Instrument } from '../core/instrument.js';
import type { Price } from '../core/price.js';
import type { Quantity } from '../core/quantity.js';
import type { Side } from '../core/vocabulary.generated.js';

/** One fill beside what was predicted of it. */
export interface SlippageOutcome {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly quantity: Quantity;
  /** The middle, or the touch, when the order was decided: what the prediction was made from. */
  readonly arrivalPrice: Price;
  readonly fillPrice: Price;
  readonly predicted: Amount;
}

/** How predictions and outcomes differ, in basis points of the arrival notional; floats, for analytics. */
export interface SlippageStatistics {
  readonly count: number;
  readonly predictedBpsMean: number;
  readonly realizedBpsMean: number;
  /** Realised minus predicted: positive when the model is too hopeful. */
  readonly biasBps: number;
  readonly errorBpsMean: number;
  readonly errorBpsRootMeanSquare: number;
  /** Share of fills that cost no more than predicted. */
  readonly coveredFrac: number;
}

/** What a fill cost beyond its arrival price; negative when it was better. Exact. */
export function realizedSlippage(outcome: Omit<SlippageOutcome, 'predicted'>): Amount {
  const { instrument, side, quantity, arrivalPrice, fillPrice } = outcome;
  const filled = instrument.settlementNotional(fillPrice, quantity);
  const arrived = instrument.settlementNotional(arrivalPrice, quantity);
  // A buyer of a linear contract pays more at a higher price; an inverse one is worth less base there.
  const isPayer = (side === 'buy') === (instrument.kind !== 'inverse');
  return isPayer ? filled.minus(arrived) : arrived.minus(filled);
}

/** Compares predictions with outcomes, one after the other, without keeping them (FEE-05). */
export class SlippageRecord {
  #count = 0;
  #predicted = 0;
  #realized = 0;
  #error = 0;
  #squared = 0;
  #covered = 0;

  /** Adds a fill and returns what it cost beyond its arrival price. */
  observe(outcome: SlippageOutcome): Amount {
    const realized = realizedSlippage(outcome);
    const { instrument, arrivalPrice, quantity, predicted } = outcome;
    const notional = instrument.settlementNotional(arrivalPrice, quantity).toNumber();
    if (notional <= 0) return realized;
    const bps = (amount: Amount) => (amount.toNumber() / notional) * 10_000;
    const error = bps(realized) - bps(predicted);
    this.#count += 1;
    this.#predicted += bps(predicted);
    this.#realized += bps(realized);
    this.#error += Math.abs(error);
    this.#squared += error * error;
    if (realized.compare(predicted) <= 0) this.#covered += 1;
    return realized;
  }

  /** NaN before the first fill. */
  statistics(): SlippageStatistics {
    const mean = (sum: number) => sum / this.#count;
    return {
      count: this.#count,
      predictedBpsMean: mean(this.#predicted),
      realizedBpsMean: mean(this.#realized),
      biasBps: mean(this.#realized - this.#predicted),
      errorBpsMean: mean(this.#error),
      errorBpsRootMeanSquare: Math.sqrt(mean(this.#squared)),
      coveredFrac: mean(this.#covered),
    };
  }
}
