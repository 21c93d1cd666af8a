import { HoldfastError } from '../../core/holdfast-error.js';
import type { Instrument } from '../../core/instrument.js';
import { modeNumber } from '../../core/trading-mode.js';
import type { ReportKind, TradingMode } from '../../core/vocabulary.generated.js';
import type { CheckBatch } from '../../native/check-batch.js';
import type { ClosedEngine } from '../../native/native-engine.js';
import type { Notice } from '../../native/notice-reader.js';
import type { BatchReport } from '../../native/report-batch.js';
import { type ExactInput, lotsOf, plainText, ticksOf } from './exact-value.js';
import { explainVerdict } from './explain.js';
import { GateAlerts, type GateEvents } from './gate-alerts.js';
import { GateBooks } from './gate-books.js';
import { type CoverageReport, coverageReport } from './gate-coverage.js';
import { GateLimits } from './gate-limits.js';
import { type GateOptions, parseGateOptions } from './gate-options.js';
import { addCandidates, type GateBatchOptions, type GateCandidate } from './gate-batch.js';
import type { GateChanges, GateOrder, ReducedPosition, Reduction } from './gate-order.js';
import { GateSignals } from './gate-signals.js';
import { amendCommand } from './order-writer.js';
import {
  type CheckVerdict,
  denialOf,
  type GateApproval,
  type GateDenial,
  type GateVerdict,
  type ReductionVerdict,
  refusalOf,
} from './verdict.js';
import { fillReport, type GateFill, plainReport } from './venue-news.js';

/** The best bid and offer of an instrument; quantities may be left out where nobody needs them. */
export interface GateQuote {
  /** Symbol or index; the only instrument when left out. */
  readonly instrument?: string | number;
  readonly bid: ExactInput;
  readonly ask: ExactInput;
  readonly bidQty?: ExactInput;
  readonly askQty?: ExactInput;
  /** When it was received, nanoseconds since 1970; the clock's time when left out. It must not run back. */
  readonly tsNs?: bigint;
}

/**
 * The pre-trade gate of one account, alone: it judges orders before they leave, reserves what it allowed, and keeps
 * positions and account by what the venue tells. It sends nothing. Not for two threads at once.
 *
 * @example
 * const gate = Gate.create({ preset: 'lightning', instruments: [btc], account: { cash: '10000' } });
 * gate.price('BTC/USDT', '65000');
 * const verdict = gate.submit({ side: 'buy', quantity: '0.01', limitPrice: '64990' });
 * if (verdict.allowed) await send(gate.clientOrderId(verdict.id));
 * else console.log(gate.explain(verdict));
 */
export class Gate extends GateBooks {
  readonly limits: GateLimits;
  /** What the gate is told besides orders, prices and fills. */
  readonly signals: GateSignals;
  readonly #alerts = new GateAlerts();
  readonly #currencies = new Map<string, number>();
  #closed: ClosedEngine | undefined;

  private constructor(options: GateOptions) {
    super(parseGateOptions(options));
    this.limits = new GateLimits(this.native, () => this.atCall());
    this.signals = new GateSignals(
      (number, target, value) => {
        this.atCall();
        this.native.signal({ number, target, value });
        this.#alerts.lookTripped(this.native.order);
      },
      {
        instrument: (instrument) => this.writer.indexOf(instrument),
        strategy: (name) => this.strategies.of(name),
        measure: (measure) => {
          this.atCall();
          this.native.riskMeasured(measure);
        },
      },
    );
  }

  /**
   * @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY`, `LIMITS_INVALID`, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY`,
   * `LIMITS_PRESET_UNKNOWN`, `INSTRUMENT_INVALID`, `JOURNAL_IO`, `JOURNAL_LOCKED`
   */
  static create(options: GateOptions): Gate {
    return new Gate(options);
  }

  /** Takes the best bid and offer; their middle is the reference price. @throws HoldfastError `EVENT_INVALID` and others */
  quote(quote: GateQuote): void {
    const index = this.writer.indexOf(quote.instrument);
    const instrument = this.writer.instrument(index);
    const lots = (quantity: ExactInput | undefined) =>
      quantity === undefined ? 0n : BigInt(lotsOf(instrument, quantity));
    this.native.order.writeQuote(index, quote.tsNs ?? this.nowNs(), [
      BigInt(ticksOf(instrument, quote.bid)),
      lots(quote.bidQty),
      BigInt(ticksOf(instrument, quote.ask)),
      lots(quote.askQty),
    ]);
    this.native.market();
    this.#alerts.lookTripped(this.native.order);
  }

  /** Takes one price as the reference price: a quote whose bid and ask are the same. */
  price(instrument: string | number, price: ExactInput, tsNs?: bigint): void {
    const stamp = tsNs === undefined ? {} : { tsNs };
    this.quote({ instrument, bid: price, ask: price, ...stamp });
  }

  /** Judges an order as if it were submitted now. Nothing changes, nothing is counted, and nothing is thrown. */
  check(order: GateOrder): CheckVerdict {
    const denial = this.#checked(order);
    if (denial !== undefined) return { ...denial, id: null };
    return { allowed: true, id: null };
  }

  /**
   * Judges many orders in one call, and reserves none: each alone, or `together` as a basket in which those ahead count as sent.
   * The answer lists for each place whether it passes and which controls it failed; what cannot be read as an order is refused
   * (`check` tells why). Its memory is used again by the next call. Own orders that one would meet are not looked for.
   *
   * @throws HoldfastError `CAPACITY_EXHAUSTED` beyond 4,096 orders, `STRATEGY_UNKNOWN`
   */
  checkBatch(orders: readonly GateCandidate[], options: GateBatchOptions = {}): CheckBatch {
    const { together, strategy } = options;
    const number = strategy === undefined ? 0 : this.strategies.of(strategy);
    const { batch } = this.native.checks;
    if (orders.length > batch.capacity) {
      throw new HoldfastError(
        'CAPACITY_EXHAUSTED',
        `a batch must have at most ${batch.capacity} orders, has ${orders.length}`,
        { context: { orders: orders.length, max: batch.capacity } },
      );
    }
    batch.clear();
    addCandidates(batch, orders, this.writer);
    this.atCall();
    this.native.checks.run(together === true, number);
    return batch;
  }

  /**
   * Judges an order and, when it is allowed, reserves it until the venue tells what became of it: what was sent counts.
   * Nothing is thrown: what cannot be judged is denied with its code.
   */
  submit(order: GateOrder): GateVerdict {
    const denial = this.#submitted(order);
    if (denial === undefined) return this.#allowed();
    this.#alerts.denied(denial);
    return denial;
  }

  /**
   * Makes an order that reduces a position and reserves it. It passes in every trading mode, cannot be held up by limits of
   * capital or by smallest sizes, and is cut to what no order under way takes already, so that it never turns the position
   * over. Prices must still be sane. Nothing is thrown.
   */
  reduce(position: ReducedPosition, reduction: Reduction = {}): ReductionVerdict {
    const denial = this.#reduced(position, reduction);
    if (denial !== undefined) {
      this.#alerts.denied(denial);
      return denial;
    }
    const { id } = this.#allowed();
    const order = this.order(id);
    if (order === null) throw new RangeError('an order that was allowed is known');
    return {
      allowed: true,
      id,
      symbol: order.instrument.symbol,
      side: order.side,
      quantity: order.quantity.toString(),
    };
  }

  /** Judges another form of an open order; until the venue has answered, the worse of both counts. Nothing is thrown. */
  amend(id: number | string, changes: GateChanges): GateVerdict {
    const notices: Notice[] = [];
    try {
      const known = this.idOf(id);
      const command = amendCommand(changes, this.#instrumentOf(known));
      this.atCall();
      this.native.amend(known, command, notices);
    } catch (error) {
      const refusal = refusalOf(error);
      this.#alerts.denied(refusal);
      return refusal;
    }
    if (this.native.order.isAllowed) return this.#allowed();
    const denial = this.#denial(notices, this.#instrumentOf(this.native.order.orderId));
    this.#alerts.denied(denial);
    return denial;
  }

  /** Notes that a cancel is sent. It is never held up. @throws HoldfastError `ORDER_UNKNOWN` when the order is not open */
  cancel(id: number | string): void {
    this.atCall();
    this.native.cancel(this.idOf(id));
  }

  /** Posts an execution: of the reservation it becomes position and cost. @throws HoldfastError `FILL_INVALID`, `FILL_CONFLICT`, `CURRENCY_UNKNOWN` and others */
  filled(fill: GateFill): void {
    const id = this.idOf(fill.id);
    const instrument = this.#instrumentOf(id);
    this.#report(fillReport(fill, id, instrument, (currency) => this.#currencyIndex(currency)));
  }

  /** The venue has the order. Where it answers a question, `quantity` is the one in force. */
  accepted(id: number | string, quantity?: ExactInput): void {
    this.#tell('accepted', id, quantity);
  }

  /** The venue refused the order for certain: its reservation is given back. A time-out is no rejection. */
  rejected(id: number | string): void {
    this.#tell('rejected', id);
  }

  /** The order was cancelled; `filled` is the quantity that had filled before, where the venue says it. */
  canceled(id: number | string, filled?: ExactInput): void {
    this.#tell('canceled', id, filled);
  }

  expired(id: number | string, filled?: ExactInput): void {
    this.#tell('expired', id, filled);
  }

  /** The venue put an amendment in force, whose whole quantity this is. */
  amended(id: number | string, quantity: ExactInput): void {
    this.#tell('replaced', id, quantity);
  }

  /** The venue refused an amendment: the order stands as it was. */
  amendRejected(id: number | string): void {
    this.#tell('replace_rejected', id);
  }

  /** The venue refused a cancel. */
  cancelRejected(id: number | string): void {
    this.#tell('cancel_rejected', id);
  }

  /**
   * What became of an order's last command is not known: no answer in time, or none that can be read. The order keeps its
   * whole reservation, and `requests()` has a query about it.
   */
  inDoubt(id: number | string): void {
    this.atCall();
    this.native.loseTrack(this.idOf(id));
  }

  /** The venue proved that it never had the order: the answer to a question that could not have come too early. */
  neverArrived(id: number | string): void {
    this.#tell('unknown', id);
  }

  /** Takes a rate of exchange: what one unit of the currency costs in the account's. */
  setRate(currency: string, rate: string | number): void {
    this.atCall();
    this.native.setRate(currency, plainText(rate));
  }

  /** Takes a funding payment in the settlement currency; what the account receives is negative. */
  funding(instrument: string | number, paid: string | number): void {
    this.atCall();
    this.native.funding(this.writer.indexOf(instrument), plainText(paid));
  }

  /** Puts a trading mode in force that is as strict as the present one or stricter. @throws HoldfastError `MODE_RESET_REQUIRED` */
  setMode(mode: TradingMode, reason: string): void {
    this.#setMode(mode, reason, false);
  }

  /** Puts any trading mode in force, after a person has looked. */
  resetMode(mode: TradingMode, reason: string): void {
    this.#setMode(mode, reason, true);
  }

  /** Says a verdict in plain words. */
  explain(verdict: GateVerdict | CheckVerdict): string {
    return explainVerdict(verdict);
  }

  /** Hears of denials, of limits that come near, and of controls that trip; returns what ends it. */
  on<Name extends keyof GateEvents>(
    name: Name,
    listener: (event: GateEvents[Name]) => void,
  ): () => void {
    return this.#alerts.on(name, listener);
  }

  /** What the controls did so far: how near each came to its limit, and which never fired. */
  coverage(): CoverageReport {
    return coverageReport(this.native.coverage());
  }

  /** Ends the gate and closes its journal; an order that comes later is denied with `HANDLE_CLOSED`. Idempotent. */
  close(): ClosedEngine {
    return (this.#closed ??= this.native.close());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #submitted(order: GateOrder): GateDenial | undefined {
    try {
      this.writer.write(order);
      this.atCall();
      if (!this.native.submit()) return refusalOf(this.native.takeFailure());
    } catch (error) {
      return refusalOf(error);
    }
    return this.native.order.isAllowed ? undefined : this.#readDenial();
  }

  #checked(order: GateOrder): GateDenial | undefined {
    try {
      this.writer.write(order);
      this.atCall();
      if (!this.native.check()) return refusalOf(this.native.takeFailure());
    } catch (error) {
      return refusalOf(error);
    }
    return this.native.order.isAllowed ? undefined : this.#readDenial();
  }

  #reduced(position: ReducedPosition, reduction: Reduction): GateDenial | undefined {
    try {
      this.writer.writeReduction(position, reduction);
      this.atCall();
      if (!this.native.reduce()) return refusalOf(this.native.takeFailure());
    } catch (error) {
      return refusalOf(error);
    }
    return this.native.order.isAllowed ? undefined : this.#readDenial();
  }

  #allowed(): GateApproval {
    const { order } = this.native;
    this.#alerts.lookNear(order, (code) =>
      this.coverage().controls.find((each) => each.code === code),
    );
    this.#alerts.lookTripped(order);
    return { allowed: true, id: order.orderId };
  }

  #readDenial(): GateDenial {
    const notices: Notice[] = [];
    this.native.read(notices);
    this.#alerts.lookTripped(this.native.order);
    const { instrument } = this.native.order;
    return this.#denial(notices, this.writer.instrument(instrument));
  }

  #denial(notices: readonly Notice[], instrument: Instrument): GateDenial {
    const notice = notices.find((each) => each.kind === 'verdict');
    const { orderId, suggestedLots } = this.native.order;
    const suggested =
      suggestedLots === null ? null : instrument.quantityOfLots(suggestedLots).toString();
    return denialOf(notice, orderId, suggested);
  }

  #tell(kind: ReportKind, id: number | string, quantity?: ExactInput): void {
    const known = this.idOf(id);
    const lots = quantity === undefined ? undefined : lotsOf(this.#instrumentOf(known), quantity);
    this.#report(plainReport(kind, known, lots));
  }

  #instrumentOf(id: number): Instrument {
    const index = this.native.instrumentOfOrder(id);
    if (index !== null) return this.writer.instrument(index);
    throw new HoldfastError('ORDER_UNKNOWN', `order ${id} must be known`, { context: { id } });
  }

  #report(report: BatchReport): void {
    this.atCall();
    this.native.report(report);
    this.#alerts.lookTripped(this.native.order);
  }

  #setMode(mode: TradingMode, reason: string, isReset: boolean): void {
    const number = modeNumber(mode, reason);
    this.atCall();
    this.native.setMode(number, reason, isReset);
    this.#alerts.modeChanged(number > 0);
  }

  #currencyIndex(currency: string): number {
    const known = this.#currencies.get(currency);
    if (known !== undefined) return known;
    const index = this.native.currencyIndex(currency);
    this.#currencies.set(currency, index);
    return index;
  }
}
