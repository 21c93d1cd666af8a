import { decimalOf } from '../../core/decimal.js';
import { HoldfastError } from '../../core/holdfast-error.js';
import type { RiskMeasure } from '../../core/risk-measure.js';

/** Numbers of signals; the same stand in native/rust/risk/src/signal.rs. */
const HALTED = 0;
const BREAKER = 1;
const ACCOUNT_CONFIRMED = 2;
const CLOCK_MEASURED = 3;
const ENABLED = 4;
const GOVERNOR = 5;

const NS_PER_MS = 1_000_000;
const FRACTION_SCALE = 6;

type Send = (number: number, target: number, value: number) => void;

/** How names become the numbers of native code, and the way there for measures. */
interface Wires {
  readonly instrument: (instrument: string | number | undefined) => number;
  readonly strategy: (name: string) => number;
  readonly measure: (measure: RiskMeasure) => void;
}

/** What a gate is told from outside besides orders, prices and fills. */
export class GateSignals {
  readonly #send: Send;
  readonly #indexOf: Wires['instrument'];
  readonly #strategyNumber: Wires['strategy'];
  readonly #measure: Wires['measure'];

  constructor(send: Send, wires: Wires) {
    this.#send = send;
    this.#indexOf = wires.instrument;
    this.#strategyNumber = wires.strategy;
    this.#measure = wires.measure;
  }

  /** The venue halted an instrument, or resumed it. */
  halted(instrument: string | number, isHalted: boolean): void {
    this.#send(HALTED, this.#indexOf(instrument), isHalted ? 1 : 0);
  }

  /** The circuit breaker of a component, 0 to 31, opened or closed. */
  breaker(component: number, isOpen: boolean): void {
    this.#send(BREAKER, component, isOpen ? 1 : 0);
  }

  /** The venue confirmed balances and positions. */
  accountConfirmed(): void {
    this.#send(ACCOUNT_CONFIRMED, 0, 0);
  }

  /** The clock's offset against the venue's was measured: milliseconds that it is ahead. */
  clockMeasured(offsetMs: number): void {
    if (!Number.isFinite(offsetMs)) throw invalid('offsetMs', 'a finite number', offsetMs);
    this.#send(CLOCK_MEASURED, 0, Math.round(offsetMs * NS_PER_MS));
  }

  /**
   * A person enables a strategy again that its executions had disabled; without a name, the orders that name none.
   *
   * @throws HoldfastError `STRATEGY_UNKNOWN`
   */
  enabled(strategy?: string): void {
    this.#send(ENABLED, strategy === undefined ? 0 : this.#strategyNumber(strategy), 0);
  }

  /**
   * The portfolio's correlations (`correlationMeasure`) or risk (`riskMeasure`) were measured; limits on them judge every later
   * order by the last that was told, with its age.
   *
   * @throws HoldfastError `RISK_MEASURE_INVALID`
   */
  riskMeasured(measure: RiskMeasure): void {
    this.#measure(measure);
  }

  /**
   * Cuts every size to this part of it, for all strategies at once; it only tightens.
   *
   * @throws HoldfastError `LIMITS_LOOSENING_DENIED`
   */
  governor(factor: string | number): void {
    const { mantissa, scale } = decimalOf(factor);
    if (scale > FRACTION_SCALE) throw invalid('factor', 'a fraction of six decimals', factor);
    this.#send(GOVERNOR, 0, Number(mantissa * 10n ** BigInt(FRACTION_SCALE - scale)));
  }
}

function invalid(field: string, rule: string, value: unknown): HoldfastError {
  return new HoldfastError('ARGUMENT_INVALID', `${field} must be ${rule}, was ${String(value)}`, {
    context: { field, value: String(value) },
  });
}
