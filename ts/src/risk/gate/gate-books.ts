import type { Instrument } from '../../core/instrument.js';
import { type OrderView, orderView } from '../../core/order-view.js';
import { StrategyNumbers } from '../../core/strategy-numbers.js';
import { systemClockUs } from '../../core/system-clock.js';
import { tradingMode } from '../../core/trading-mode.js';
import { type VenueRequest, venueRequest } from '../../core/venue-request.js';
import { journalPolicyText } from '../../core/journal-policy.js';
import type { TradingMode } from '../../core/vocabulary.generated.js';
import type { FuseState } from '../../native/fuse-latch.js';
import { NativeGate } from '../../native/native-gate.js';
import { orderIdText, parseOrderId } from '../../native/native-engine.js';
import type { AccountSnapshot, NativeSnapshot } from '../../native/native-session.js';
import { gateConfigJson, type ParsedGateOptions } from './gate-options.js';
import { OrderWriter } from './order-writer.js';

/** A position as the gate keeps it; numbers are for analytics, `lots` and `quantity` are exact. */
export interface GatePosition {
  readonly instrument: Instrument;
  /** Signed. */
  readonly lots: bigint;
  readonly quantity: string;
  readonly side: 'long' | 'short' | 'flat';
  readonly markPx: number;
  readonly value: number;
  readonly unrealizedPnl: number;
}

const NS_PER_MS = 1_000_000n;
const SNAPSHOTS_KEPT = 2;

/** What can be read from a gate. */
export class GateBooks {
  readonly instruments: readonly Instrument[];
  protected readonly native: NativeGate;
  protected readonly writer: OrderWriter;
  protected readonly strategies: StrategyNumbers;
  readonly #clock: (() => bigint) | undefined;
  readonly #idPrefix: string;

  protected constructor(options: ParsedGateOptions) {
    const { journal, clock } = options;
    this.instruments = options.instruments;
    this.#clock = clock;
    this.#idPrefix = options.orders.idPrefix;
    const nowMs = clock === undefined ? systemClockUs() / 1_000 : Number(clock() / NS_PER_MS);
    this.strategies = new StrategyNumbers(options.limits.strategies);
    this.native = new NativeGate({
      configJson: gateConfigJson(options),
      idPrefix: this.#idPrefix,
      latchFolder: options.fuse.latch,
      journal:
        journal === undefined
          ? undefined
          : {
              folder: journal.path,
              policy: journalPolicyText(journal.policy),
              nowMs,
              resume: 'never',
              snapshotsKept: SNAPSHOTS_KEPT,
            },
    });
    this.writer = new OrderWriter(this.instruments, this.strategies, this.native.order);
  }

  /** What the gate lets pass. */
  get mode(): TradingMode {
    return tradingMode(this.native.mode());
  }

  /** @throws HoldfastError `INSTRUMENT_UNKNOWN` */
  position(instrument?: string | number): GatePosition {
    const index = this.writer.indexOf(instrument);
    const found = this.writer.instrument(index);
    this.native.position(index);
    const { position, positionLots: lots } = this.native.memory;
    return {
      instrument: found,
      lots,
      quantity: found.quantityOfLots(lots).toString(),
      side: lots === 0n ? 'flat' : lots > 0n ? 'long' : 'short',
      markPx: position[2] ?? Number.NaN,
      value: position[3] ?? Number.NaN,
      unrealizedPnl: position[5] ?? Number.NaN,
    };
  }

  /** An order as it stands, also one that ended a while ago; null when it is not known. */
  order(id: number | string): OrderView | null {
    const order = this.native.orderOf(this.idOf(id));
    return order === null ? null : orderView(order, this.instruments, this.strategies);
  }

  /** The orders that have not ended, oldest first; those in doubt are among them. */
  openOrders(): readonly OrderView[] {
    return this.native
      .openOrders()
      .map((order) => orderView(order, this.instruments, this.strategies));
  }

  get openOrderCount(): number {
    return this.native.openOrderCount();
  }

  /** The text that the venue is to see of an order's id. */
  clientOrderId(id: number): string {
    return orderIdText(this.#idPrefix, id);
  }

  /** Cash, equity, positions and counters in exact text. */
  snapshot(): NativeSnapshot {
    return this.native.snapshot();
  }

  /** Currencies and margin in exact text. */
  account(): AccountSnapshot {
    return this.native.accountSnapshot();
  }

  /** How the egress fuse stands. */
  get fuse(): FuseState {
    return this.native.fuse();
  }

  /** Hash over the whole state: two gates with the same one go on alike. */
  stateHash(): string {
    return this.native.imageHash();
  }

  /**
   * What the gate itself wants sent, each once: queries about orders in doubt, and in an emergency the cancels and the orders
   * that close what is held. Send them, and tell the gate what became of them as of every other order.
   */
  requests(): readonly VenueRequest[] {
    const drained: VenueRequest[] = [];
    for (let waits = true; waits;) {
      waits = this.native.drain();
      const { requests } = this.native;
      for (let slot = 0; slot < requests.length; slot += 1) {
        // A gate begins flat and adopts nothing, so that every order has an id of ours.
        drained.push({
          ...venueRequest(requests.read(slot), this.instruments),
          venueOrderId: null,
        });
      }
    }
    return drained;
  }

  /** The id of a text that the venue sent. @throws HoldfastError `ORDER_ID_INVALID` for one of another bot */
  protected idOf(id: number | string): number {
    return typeof id === 'string' ? parseOrderId(this.#idPrefix, id) : id;
  }

  /** Sets the time of the next call. */
  protected atCall(): void {
    if (this.#clock === undefined) this.native.order.setCallTimeUs(systemClockUs());
    else this.native.memory.callTimeNs = this.#clock();
  }

  /** The gate's present time in nanoseconds since 1970. */
  nowNs(): bigint {
    return this.#clock === undefined ? BigInt(systemClockUs()) * 1_000n : this.#clock();
  }
}
