import { AMOUNT_SCALE } from '../core/amount.js';
import { CONTROLS, type ControlCode } from '../core/controls.generated.js';
import { formatDecimal } from '../core/decimal.js';
import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import { RECORD_KINDS, type RecordKind } from '../core/vocabulary.generated.js';
import { isRecordKind, JournalCursor } from '../native/journal-cursor.js';
import { journalConfiguration, type JournalRecord } from '../native/journal-tools.js';
import type {
  ExplainedCheck,
  ExplainedDecision,
  ExplainedOrder,
  OrderExplanation,
  TimelineEntry,
} from './order-explanation-form.js';
import {
  amendmentSchema,
  type Intent,
  intentSchema,
  orderChangedSchema,
  positionChangedSchema,
  type RecordedCheck,
  type RecordedConfiguration,
  recordedConfiguration,
  type RecordedInstrument,
  routeSchema,
  sumOf,
  venueReportSchema,
  verdictSchema,
} from './order-records.js';

/** Decimals of the gate's fractions. */
const FRACTION_SCALE = 6;

/** Records of the market are most of a journal, and none of them is about an order. */
const MARKET_KINDS: ReadonlySet<RecordKind> = new Set(['bar', 'trade', 'quote']);
const ORDER_RECORD_KINDS = Object.keys(RECORD_KINDS)
  .filter(isRecordKind)
  .filter((kind) => !MARKET_KINDS.has(kind));

/**
 * Explains an order from the journal alone: what was asked for, each control's limit and what it saw, and the order's
 * life. A journal that is damaged further on explains what stands before the damage, and says so.
 *
 * @throws HoldfastError `JOURNAL_ORDER_MISSING` when no intact record is about the order, `JOURNAL_NOT_FOUND`
 */
export function explainOrder(folder: string, clientOrderId: string): OrderExplanation {
  const recorded = journalConfiguration(folder);
  const configuration = recordedConfiguration(recorded);
  const { records, damage } = recordsOf(folder, clientOrderId);
  const asked = records.find((record) => isIntent(record) && idOf(record) === clientOrderId);
  if (asked === undefined) {
    throw new HoldfastError(
      'JOURNAL_ORDER_MISSING',
      `journal must hold the order, it has none with the id ${clientOrderId}`,
      { context: { order: clientOrderId, path: folder, ...(damage === null ? {} : { damage }) } },
    );
  }
  const order = intentSchema.parse(asked.content);
  const instrument = configuration.instrument(order.instrument);
  const own = records.filter((record) => idOf(record) === clientOrderId);
  const story = new OrderStory(instrument);
  for (const record of own) story.tell(record);
  const children = records.filter(
    (record) => isIntent(record) && String(record.content['parent']) === clientOrderId,
  );
  return {
    order: explainedOrder(asked, order, configuration),
    decision: story.decision,
    outcome: story.outcome(),
    timeline: story.timeline,
    protective_orders: children.map((record) => {
      const child = intentSchema.parse(record.content);
      return explainedOrder(record, child, configuration);
    }),
    configuration:
      recorded === null
        ? null
        : {
            fingerprint: recorded.fingerprint,
            sequence: recorded.record.sequence,
            about: configuration.about,
            limits: configuration.limits,
          },
    damage,
  };
}

function recordsOf(folder: string, order: string) {
  const records: JournalRecord[] = [];
  const cursor = new JournalCursor(folder, { kinds: ORDER_RECORD_KINDS, order });
  try {
    for (const record of cursor.records()) records.push(record);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return { records, damage: { code: error.code, message: error.message } };
  }
  return { records, damage: null };
}

function isIntent(record: JournalRecord): boolean {
  return record.kind === 'order_submitted' || record.kind === 'order_derived';
}

function idOf(record: JournalRecord): string {
  return String(record.content['client_order_id']);
}

function explainedOrder(
  record: JournalRecord,
  order: Intent,
  configuration: RecordedConfiguration,
): ExplainedOrder {
  const instrument = configuration.instrument(order.instrument);
  const price = (ticks: bigint | null) => (ticks === null ? null : instrument.price(ticks));
  return {
    client_order_id: order.client_order_id,
    parent: order.parent,
    symbol: instrument.symbol,
    currency: instrument.currency,
    side: order.side,
    order_type: order.order_type,
    time_in_force: order.time_in_force,
    role: order.role,
    reduce_only: order.reduce_only,
    strategy: configuration.strategy(order.terms?.strategy ?? 0),
    cause_ns: order.terms?.cause_ns ?? null,
    quantity: instrument.quantity(order.quantity_lots),
    limit_price: price(order.limit_ticks),
    trigger_price: price(order.trigger_ticks),
    stop_loss: price(order.stop_loss_ticks),
    take_profit: price(order.take_profit_ticks),
    sequence: record.sequence,
    ts_ns: record.ts_ns,
  };
}

/** Puts the records of one order into words, in the order in which they stand. */
class OrderStory {
  readonly timeline: TimelineEntry[] = [];
  decision: ExplainedDecision | null = null;
  readonly #instrument: RecordedInstrument;
  readonly #realized: string[] = [];
  #status = 'asked for';
  #cumLots = 0n;
  #tickLots = 0n;
  #fees = '0';

  constructor(instrument: RecordedInstrument) {
    this.#instrument = instrument;
  }

  tell(record: JournalRecord): void {
    const [what, detail] = this.#words(record);
    const { sequence, ts_ns } = record;
    this.timeline.push({ sequence, ts_ns, what, detail });
  }

  outcome() {
    return {
      status: this.#status,
      filled: this.#instrument.quantity(this.#cumLots),
      average_price: this.#instrument.average(this.#tickLots, this.#cumLots),
      fees: this.#fees,
      realized: sumOf(this.#realized),
    };
  }

  #words(record: JournalRecord): readonly [what: string, detail: string] {
    switch (record.kind) {
      case 'route_chosen':
        return this.#route(record);
      case 'order_submitted':
        return ['order asked for', this.#intent(record)];
      case 'order_derived':
        return ['order derived', this.#intent(record)];
      case 'cancel_requested':
        return ['cancel asked for', ''];
      case 'amend_requested':
        return ['amendment asked for', this.#amendment(record)];
      case 'verdict':
        return this.#verdict(record);
      case 'venue_report':
        return this.#report(record);
      case 'order_changed':
        return this.#change(record);
      case 'position_changed':
        return this.#position(record);
      default:
        return [record.kind.replaceAll('_', ' '), JSON.stringify(record.content)];
    }
  }

  #route(record: JournalRecord): readonly [string, string] {
    // Anybody may note a route in a form of his own; then it is shown as it stands.
    const parsed = routeSchema.safeParse(record.content);
    if (!parsed.success) return ['route chosen', JSON.stringify(record.content['route'])];
    const { strategy, venue, candidates } = parsed.data.route;
    const words = candidates.map(({ symbol, refused, cost }) => {
      const { currency } = this.#instrument;
      if (refused.length > 0) return `${symbol} refused: ${refused.join(', ')}`;
      return cost === null ? symbol : `${symbol} at ${cost.price}, costs ${cost.total} ${currency}`;
    });
    return [`route to ${venue}`, `by ${strategy}: ${words.join('; ')}`];
  }

  #intent(record: JournalRecord): string {
    const order = intentSchema.parse(record.content);
    return `${order.side} ${this.#instrument.quantity(order.quantity_lots)} ${this.#instrument.symbol}`;
  }

  #amendment(record: JournalRecord): string {
    const { quantity_lots, limit_ticks, trigger_ticks } = amendmentSchema.parse(record.content);
    const instrument = this.#instrument;
    const changes = [
      quantity_lots === null ? '' : `quantity ${instrument.quantity(quantity_lots)}`,
      limit_ticks === null ? '' : `limit ${instrument.price(limit_ticks)}`,
      trigger_ticks === null ? '' : `trigger ${instrument.price(trigger_ticks)}`,
    ];
    return changes.filter((text) => text !== '').join(', ');
  }

  #verdict(record: JournalRecord): readonly [string, string] {
    const { verdict, reducing, checks } = verdictSchema.parse(record.content);
    const approved = verdict === 'approved';
    const explained = checks.map((check) => explainedCheck(check, this.#instrument));
    // A later verdict is about an amendment: the decision on the order itself stands.
    this.decision ??= {
      sequence: record.sequence,
      ts_ns: record.ts_ns,
      approved,
      reducing,
      checks: explained,
    };
    const failed = explained.filter(({ passed }) => !passed).map(({ code }) => code);
    return approved
      ? ['gate approved', `${checks.length} of ${checks.length} controls passed`]
      : ['gate denied', failed.join(', ')];
  }

  #report(record: JournalRecord): readonly [string, string] {
    const report = venueReportSchema.parse(record.content);
    if (report.last_lots === 0n) return [`venue ${report.report}`, ''];
    const { currency } = this.#instrument;
    if (report.report !== 'fill') {
      return [`venue ${report.report}`, `quantity ${this.#instrument.quantity(report.last_lots)}`];
    }
    this.#tickLots += report.last_ticks * report.last_lots;
    const slippage = report.slippage === '0' ? '' : `, slippage ${report.slippage} ${currency}`;
    return [
      'venue fill',
      `${this.#instrument.quantity(report.last_lots)} at ${this.#instrument.price(report.last_ticks)} ` +
        `as ${report.liquidity_side}, fee ${report.fee} ${currency}${slippage}, trade ${report.trade_id}`,
    ];
  }

  #change(record: JournalRecord): readonly [string, string] {
    const changed = orderChangedSchema.parse(record.content);
    this.#status = [changed.status, ...changed.overlays].join(' + ').replaceAll('_', ' ');
    this.#cumLots = changed.cum_lots;
    this.#fees = changed.fees;
    const quantity = this.#instrument.quantity(changed.quantity_lots);
    const filled =
      changed.cum_lots === 0n
        ? ''
        : `${this.#instrument.quantity(changed.cum_lots)} of ${quantity} filled`;
    const alarm = changed.alarm ? 'ALARM: the event came when none was expected' : '';
    return [`order ${this.#status}`, [filled, alarm].filter((text) => text !== '').join(', ')];
  }

  #position(record: JournalRecord): readonly [string, string] {
    const position = positionChangedSchema.parse(record.content);
    this.#realized.push(position.realized_by_fill);
    const { currency } = this.#instrument;
    return [
      `position ${this.#instrument.quantity(position.lots)}`,
      `P&L of the fill ${position.realized_by_fill} ${currency}, cash ${position.cash} ${currency}`,
    ];
  }
}

/** Brings a control's numbers into decimals of their unit: what the gate counts in is for machines. */
function explainedCheck(check: RecordedCheck, instrument: RecordedInstrument): ExplainedCheck {
  const inUnit = (value: string) => {
    switch (check.unit) {
      case 'amount':
        return formatDecimal(BigInt(value), AMOUNT_SCALE);
      case 'fraction':
        return formatDecimal(BigInt(value), FRACTION_SCALE);
      case 'ticks':
        return instrument.price(BigInt(value));
      default:
        return value;
    }
  };
  return {
    code: check.code,
    passed: check.passed,
    unit: check.unit,
    limit: check.limit === null ? null : inUnit(check.limit),
    observed: inUnit(check.observed),
    input_age_ns: check.age_ns,
    meaning: isControl(check.code) ? CONTROLS[check.code].meaning : '',
  };
}

function isControl(code: string): code is ControlCode {
  return Object.hasOwn(CONTROLS, code);
}
