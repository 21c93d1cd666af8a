import { instrumentAt } from '../core/instrument-at.js';
import { Amount, AMOUNT_SCALE } from '../core/amount.js';
import type { Code } from '../core/codes.generated.js';
import type { ControlCode } from '../core/controls.generated.js';
import { formatDecimal } from '../core/decimal.js';
import type { Instrument } from '../core/instrument.js';
import type { DayNotice, Notice, OrderNotice, PositionNotice } from '../native/notice-reader.js';
import type { FillNotice, FuseNotice, VerdictNotice } from '../native/notice-reader.js';
import { DrawdownTracker } from '../quant/drawdown.js';
import type { NativeSnapshot } from '../native/native-session.js';
import { DenialLog } from './denial-log.js';
import { StrideSample } from './report/stride-sample.js';
import { reasonOf } from './order-reason.js';
import { RoundTripTracker } from './round-trip-tracker.js';
import type { SessionFiles } from './session-files.js';
import type { EquityPoint, FillMark } from './session-result.js';

/** Fills and bar closes kept for the charts; the files and the counts have all of them. */
const FILL_SAMPLE_MAX = 4_000;
const INTRADAY_SAMPLE_MAX = 4_096;

const DAY_NS = 86_400_000_000_000n;

type EndOfRun = Pick<NativeSnapshot, 'positions' | 'account' | 'open_trips'>;

/** An order from its submission to its end. */
export interface TrackedOrder {
  readonly submittedNs: bigint;
  readonly side: OrderNotice['side'];
  readonly role: OrderNotice['role'];
  last: OrderNotice;
}

/**
 * Hears everything that happens in a session and keeps what the summary and the report need, in memory that does not
 * grow with the number of bars; rows go to the files as they come.
 */
export class SessionRecorder {
  readonly days: EquityPoint[] = [];
  readonly fills = new StrideSample<FillMark>(FILL_SAMPLE_MAX);
  readonly intraday = new StrideSample<EquityPoint>(INTRADAY_SAMPLE_MAX);
  readonly denials = new DenialLog();
  readonly roundTrips: RoundTripTracker;
  readonly equityDrawdown = new DrawdownTracker();
  readonly benchmarkDrawdown = new DrawdownTracker();
  firstBenchmark: { readonly tsMs: number; readonly close: number } | null = null;
  lastTsMs = 0;
  busiestDay: { tsMs: number; trades: number } | null = null;
  readonly #instruments: readonly Instrument[];
  readonly #account: Float64Array;
  readonly #files: SessionFiles | null;
  readonly #closes: (number | null)[];
  readonly #orders = new Map<number, TrackedOrder>();
  /** The verdicts that stood together last: one of an order, or those of a list. */
  readonly #judged = new Map<number, VerdictNotice>();
  readonly #refused = new Set<ControlCode>();
  #isJudging = false;
  #fill: FillNotice | undefined;
  /** What the egress fuse refused last. */
  #kept: FuseNotice | undefined;
  #day = { number: 0n, trades: 0 };
  #firstTsMs: number | null = null;

  constructor(options: {
    readonly instruments: readonly Instrument[];
    readonly account: Float64Array;
    readonly files: SessionFiles | null;
  }) {
    this.#instruments = options.instruments;
    this.#account = options.account;
    this.#files = options.files;
    this.#closes = options.instruments.map(() => null);
    this.roundTrips = new RoundTripTracker(options.instruments);
  }

  get firstTsMs(): number {
    return this.#firstTsMs ?? 0;
  }

  /** The last close of each instrument. */
  get closes(): readonly (number | null)[] {
    return this.#closes;
  }

  /** An order that has not ended, or has just ended. */
  order(clientOrderId: number): TrackedOrder | undefined {
    return this.#orders.get(clientOrderId);
  }

  /** Takes the account and the last price after a market event. */
  onMark(instrument: number, tsMs: number, close: number): void {
    this.#closes[instrument] = close;
    this.lastTsMs = tsMs;
    this.#firstTsMs ??= tsMs;
    this.roundTrips.onMark(instrument);
    this.equityDrawdown.observe(tsMs, this.#account[0] ?? 0);
    if (instrument === 0) {
      this.firstBenchmark ??= { tsMs, close };
      this.benchmarkDrawdown.observe(tsMs, close);
    }
    if (this.intraday.wantsNext) this.intraday.add(this.#point(tsMs));
    else this.intraday.skip();
  }

  onNotice(notice: Notice): void {
    switch (notice.kind) {
      case 'verdict':
        this.#onVerdict(notice);
        return;
      case 'order':
        this.#onOrder(notice);
        return;
      case 'fill':
        this.#fill = notice;
        return;
      case 'position':
        this.#onPosition(notice);
        return;
      case 'closed':
        this.roundTrips.onClosed(notice);
        return;
      case 'day':
        this.#onDay(notice);
        return;
      case 'fuse':
        this.#kept = notice;
        this.denials.addFuse(notice);
        return;
    }
  }

  /** Ends the round trips that are still open, at their marks. */
  closeTrips({ positions, account, open_trips: open = [] }: EndOfRun): void {
    const tsNs = BigInt(this.lastTsMs) * 1_000_000n;
    for (const trip of open) {
      const position = positions[trip.instrument];
      const leg = account?.positions.find(
        (each) => each.symbol === position?.symbol && each.side === trip.side,
      );
      const isHedging = account?.position_mode === 'hedging';
      const unrealized = (isHedging ? leg?.unrealized : position?.unrealized) ?? '0';
      const mark = position?.mark_px ?? null;
      const instrument = instrumentAt(this.#instruments, trip.instrument);
      const markTicks = mark === null ? 0n : instrument.price(mark).ticks;
      this.roundTrips.onEnd(trip, { tsNs, markTicks, unrealized: Amount.parse(unrealized, '') });
    }
  }

  /** Writes the orders that are still open. */
  close(): void {
    for (const order of this.#orders.values())
      this.#files?.order(this.#instrument(order.last), order, null, []);
    this.#orders.clear();
  }

  #point(tsMs: number): EquityPoint {
    const [equity = 0, cash = 0, positionValue = 0] = this.#account;
    const grossExposure = this.#account[6] ?? 0;
    return { tsMs, equity, cash, positionValue, grossExposure, closes: [...this.#closes] };
  }

  /** The orders of a list are denied together, for the reasons of all of them: their verdicts stand together. */
  #onVerdict(notice: VerdictNotice): void {
    if (!this.#isJudging) {
      this.#judged.clear();
      this.#refused.clear();
    }
    this.#isJudging = true;
    this.#judged.set(notice.clientOrderId, notice);
    for (const check of notice.failed) this.#refused.add(check.code);
    this.denials.add(notice);
  }

  #onOrder(notice: OrderNotice): void {
    this.#isJudging = false;
    const known = this.#orders.get(notice.clientOrderId);
    const order: TrackedOrder = known ?? {
      submittedNs: notice.tsNs,
      side: notice.side,
      role: notice.role,
      last: notice,
    };
    order.last = notice;
    if (known === undefined) this.#countTrade(notice);
    if (!isEnd(notice.status)) {
      this.#orders.set(notice.clientOrderId, order);
      return;
    }
    this.#orders.delete(notice.clientOrderId);
    this.#files?.order(this.#instrument(notice), order, notice.tsNs, this.#codesOf(notice));
  }

  /** Why an order was denied: by the fuse, on its way out, or by the gate. */
  #codesOf({ status, clientOrderId }: OrderNotice): readonly Code[] {
    if (status !== 'denied') return [];
    const kept = this.#kept;
    return kept?.clientOrderId === clientOrderId ? [kept.code] : [...this.#refused];
  }

  /** Counts opening orders of the UTC day, as the control of daily trades does. */
  #countTrade(notice: OrderNotice): void {
    if (notice.status !== 'submitted' || this.#judged.get(notice.clientOrderId)?.reducing === true)
      return;
    const number = notice.tsNs / DAY_NS;
    if (number !== this.#day.number) this.#day = { number, trades: 0 };
    this.#day.trades += 1;
    if (this.#day.trades > (this.busiestDay?.trades ?? 0)) {
      this.busiestDay = { tsMs: Number((number * DAY_NS) / 1_000_000n), trades: this.#day.trades };
    }
  }

  #onPosition(position: PositionNotice): void {
    this.roundTrips.onPosition(position);
    const fill = this.#fill;
    const order = fill === undefined ? undefined : this.#orders.get(fill.clientOrderId);
    if (fill === undefined || order === undefined) return;
    const instrument = instrumentAt(this.#instruments, position.instrument);
    this.#files?.fill(instrument, { fill, position, order });
    const { side, role } = order;
    this.fills.addLater(() => ({
      tsMs: Number(fill.tsNs / 1_000_000n),
      instrument: instrument.symbol,
      side,
      px: instrument.priceOfTicks(fill.lastTicks).toNumber(),
      qty: instrument.quantityOfLots(fill.lastLots).toNumber(),
      reason: reasonOf(role),
    }));
  }

  #onDay(day: DayNotice): void {
    const amount = (raw: bigint) => Number(formatDecimal(raw, AMOUNT_SCALE));
    this.days.push({
      tsMs: Number(day.tsLastBarNs / 1_000_000n),
      equity: amount(day.equityRaw),
      cash: amount(day.cashRaw),
      positionValue: amount(day.positionValueRaw),
      grossExposure: amount(day.grossExposureRaw),
      closes: [...this.#closes],
    });
    this.#files?.day(instrumentAt(this.#instruments, 0), day);
  }

  #instrument(notice: { readonly instrument: number }): Instrument {
    return instrumentAt(this.#instruments, notice.instrument);
  }
}

const ENDS = new Set<OrderNotice['status']>([
  'denied',
  'filled',
  'canceled',
  'rejected',
  'expired',
]);

function isEnd(status: OrderNotice['status']): boolean {
  return ENDS.has(status);
}
