import type { Instrument } from '../../core/instrument.js';
import { instrumentAt } from '../../core/instrument-at.js';
import type { RiskMeasure } from '../../core/risk-measure.js';
import { modeNumber } from '../../core/trading-mode.js';
import type { TradingMode } from '../../core/vocabulary.generated.js';
import type { FuseState } from '../../native/fuse-latch.js';
import type { CapitalPlan } from '../../risk/capital-governor.js';
import { checkIdempotencyKey } from '../order-command.js';
import { type CallOptions, EngineCalls } from './engine-calls.js';

/** What people and programs around the engine tell its gate: modes, capital, measured risk. */
export class EngineControls extends EngineCalls {
  /**
   * Tells the gate of the portfolio's correlations (`CorrelationMonitor`) or risk (`LivePortfolioRisk`); limits on them judge
   * every later order by the last that was told, with its age.
   *
   * @throws HoldfastError `RISK_MEASURE_INVALID`
   */
  tellRisk(measure: RiskMeasure, options: CallOptions = {}): void {
    this.telling(options, (notices) => this.native.riskMeasured(measure, notices));
  }

  /**
   * Puts a trading mode in force that is as strict as the present one or stricter; the reason stands in the journal.
   *
   * @throws HoldfastError `MODE_RESET_REQUIRED` for a looser one
   */
  setMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    this.#setMode({ mode, reason, isReset: false }, options);
  }

  /** Puts any trading mode in force: the end of a reset procedure, after a person has looked. */
  resetMode(mode: TradingMode, reason: string, options: CallOptions = {}): void {
    this.#setMode({ mode, reason, isReset: true }, options);
  }

  /**
   * Divides the capital among the strategies of the limits; `CapitalGovernor` makes the plans. What is taken away holds at
   * once, what is given follows the rules by which limits are loosened.
   *
   * @throws HoldfastError `LIMITS_CONTRADICTORY`, `LIMITS_INVALID`, `LIMITS_LOOSENING_DENIED`, also for a wrong key,
   * `ACCOUNT_UNAVAILABLE` without equity
   */
  planCapital(
    plan: CapitalPlan,
    options: CallOptions & { readonly secondKey?: string } = {},
  ): void {
    const text = JSON.stringify(plan);
    this.telling(options, (notices) => this.native.planCapital(text, options.secondKey, notices));
  }

  /**
   * Records how a venue was chosen for the order that is submitted next; `Router` does it.
   *
   * @throws HoldfastError `ARGUMENT_INVALID` for one of more than 65,536 bytes of JSON
   */
  noteRoute(route: object, options: CallOptions = {}): void {
    this.timeCall(options);
    this.native.noteRoute(JSON.stringify(route));
  }

  /** The instrument that the first order under an idempotency key went to; null when the key is not remembered. */
  instrumentOfKey(key: string, options: CallOptions = {}): Instrument | null {
    checkIdempotencyKey(key);
    this.timeCall(options);
    const index = this.native.instrumentOfKey(key);
    return index === null ? null : instrumentAt(this.instruments, index);
  }

  /** How the egress fuse stands. */
  get fuse(): FuseState {
    return this.native.fuse();
  }

  #setMode(
    { mode, reason, isReset }: { mode: TradingMode; reason: string; isReset: boolean },
    options: CallOptions,
  ): void {
    const number = modeNumber(mode, reason);
    this.telling(options, (notices) => this.native.setMode(number, reason, isReset, notices));
  }
}
