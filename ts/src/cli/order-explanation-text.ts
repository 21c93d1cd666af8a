import { formatDecimal, parseDecimal } from '../core/decimal.js';
import type {
  ExplainedCheck,
  ExplainedOrder,
  OrderExplanation,
} from '../engine/order-explanation-form.js';
import { durationText, textColumns, utcText } from './text-columns.js';

const NONE = '–';
/** Controls that count in units of the instrument; other amounts are money. */
const IN_UNITS = /QTY/;

/** Prints an explanation for people: what was asked for, the decision, each control, then the order's life. */
export function orderExplanationText(explanation: OrderExplanation): string {
  const { order, timeline, protective_orders: protective } = explanation;
  const lines = [heading(order), ...facts(explanation)];
  if (explanation.decision !== null) lines.push('', ...controls(explanation));
  lines.push('', `Life of order ${order.client_order_id}`);
  const rows = timeline.map((entry) => [
    `  ${utcText(entry.ts_ns)}`,
    String(entry.sequence),
    entry.what,
    entry.detail,
  ]);
  lines.push(...textColumns([['  TIME (UTC)', 'RECORD', 'WHAT', 'DETAIL'], ...rows], [1]));
  if (protective.length > 0) {
    lines.push('', 'Orders that protect it');
    const children = protective.map((child) => [
      `  ${child.client_order_id}`,
      child.role.replaceAll('_', ' '),
      wish(child),
    ]);
    lines.push(...textColumns([['  ORDER', 'ROLE', 'WHAT'], ...children]));
  }
  return `${lines.join('\n')}\n`;
}

function wish(order: ExplainedOrder): string {
  const prices = [
    order.trigger_price === null ? '' : `triggered at ${order.trigger_price}`,
    order.limit_price === null ? '' : `at ${order.limit_price} or better`,
  ];
  const words = [order.side, order.quantity, order.symbol, order.order_type.replaceAll('_', ' ')];
  return [...words, ...prices].filter((text) => text !== '').join(' ');
}

function heading(order: ExplainedOrder): string {
  return `Order ${order.client_order_id}: ${wish(order)}, ${order.time_in_force.toUpperCase()}`;
}

function facts(explanation: OrderExplanation): string[] {
  const { order, decision, outcome, configuration } = explanation;
  const rows: string[][] = [
    ['  asked for', `${utcText(order.ts_ns)} UTC, record ${order.sequence}`],
  ];
  if (order.parent !== null) {
    rows.push(['  protects', `order ${order.parent}, as its ${order.role.replaceAll('_', ' ')}`]);
  }
  if (order.strategy !== null) rows.push(['  strategy', order.strategy]);
  if (order.cause_ns !== null) rows.push(['  caused by', causeText(order.cause_ns, order.ts_ns)]);
  if (order.stop_loss !== null) rows.push(['  stop loss', order.stop_loss]);
  if (order.take_profit !== null) rows.push(['  take profit', order.take_profit]);
  if (order.reduce_only) rows.push(['  reduce only', 'yes: it may not open or turn a position']);
  rows.push(['  decision', decisionText(decision)]);
  const average = outcome.average_price === null ? '' : ` at ${outcome.average_price} on average`;
  rows.push([
    '  outcome',
    `${outcome.status}, ${outcome.filled} of ${order.quantity} filled${average}`,
  ]);
  rows.push([
    '  money',
    `fees ${outcome.fees} ${order.currency}, P&L of its fills ${outcome.realized} ${order.currency}`,
  ]);
  rows.push([
    '  limits',
    configuration === null
      ? 'the journal begins after the record of its configuration'
      : `configuration ${configuration.fingerprint.slice(0, 16)}, record ${configuration.sequence}`,
  ]);
  return textColumns(rows);
}

function causeText(causeNs: string, tsNs: string): string {
  const age = BigInt(tsNs) - BigInt(causeNs);
  const apart =
    age < 0n ? `${durationText(-age)} after the order` : `${durationText(age)} before the order`;
  return `the market event of ${utcText(causeNs)} UTC, ${apart}`;
}

function decisionText(decision: OrderExplanation['decision']): string {
  if (decision === null) return 'none in the journal';
  const failed = decision.checks.filter(({ passed }) => !passed);
  const reducing = decision.reducing ? ', proven to reduce the position' : '';
  if (decision.approved) {
    const { length } = decision.checks;
    const passed = length === 1 ? 'its one control passed' : `all ${length} controls passed`;
    return `APPROVED${reducing}: ${passed}, record ${decision.sequence}`;
  }
  return (
    `DENIED${reducing}: ${failed.length} of ${decision.checks.length} controls failed, ` +
    `record ${decision.sequence}`
  );
}

function controls({ decision, order }: OrderExplanation): string[] {
  const checks = decision?.checks ?? [];
  const rows = checks.map((check) => [
    `  ${check.code}`,
    check.passed ? 'passed' : 'FAILED',
    check.limit === null ? 'unlimited' : valueText(check, check.limit, order),
    valueText(check, check.observed, order),
    check.input_age_ns === null ? 'unknown' : durationText(BigInt(check.input_age_ns)),
    check.meaning.replace(/\.$/, ''),
  ]);
  const head = ['  CONTROL', 'RESULT', 'LIMIT', 'OBSERVED', 'INPUT AGE', 'WHAT IT LOOKS AT'];
  return ['Controls', ...textColumns([head, ...rows], [2, 3, 4])];
}

function valueText(check: ExplainedCheck, value: string, order: ExplainedOrder): string {
  switch (check.unit) {
    case 'amount':
      return `${value} ${IN_UNITS.test(check.code) ? order.symbol : order.currency}`;
    case 'fraction': {
      const { mantissa, scale } = parseDecimal(value);
      return `${formatDecimal(mantissa * 100n, scale)} %`;
    }
    case 'ns':
      return BigInt(value) < 0n ? NONE : durationText(BigInt(value));
    default:
      return value;
  }
}
