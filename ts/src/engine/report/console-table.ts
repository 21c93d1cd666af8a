import Table from 'cli-table3';
import type { SessionResult } from '../session-result.js';
import { displayAmount } from './amount-text.js';
import { countText, dateText, NO_FIGURE } from './figure-text.js';
import { metricGroups } from './metric-rows.js';
import { measureSession, type PerformanceOptions } from './session-performance.js';

/** Width that fits a terminal of 100 columns. */
export const CONSOLE_COLUMNS = 100;

const METRIC_WIDTHS = [26, 37, 37];
const DENIAL_WIDTHS = [27, 9, 12, 12, 20, 20];
const ASSUMPTION_WIDTHS = [22, 22, 56];

/** Control characters, among them the escape that starts a terminal sequence. */
const CONTROL = /\p{Cc}/gu;

/**
 * Renders a session for the terminal: strategy beside buy-and-hold, denials by control, then what
 * the simulation assumed. Plain text without colour, at most 100 columns, ending in a newline.
 */
export function consoleTable(result: SessionResult, options: PerformanceOptions = {}): string {
  return [
    heading(result),
    metricTable(result, options),
    'Denials by control',
    denialTable(result),
    'Assumptions of the simulation',
    assumptionTable(result),
    '',
  ].join('\n');
}

function heading(result: SessionResult): string {
  const { period, currency } = result;
  const symbols = result.instruments.map((instrument) => printable(instrument.symbol)).join(', ');
  const dates = `${dateText(period.firstTsMs)} to ${dateText(period.lastTsMs)}`;
  const [start, end] = [displayAmount(result.startCash), displayAmount(result.finalEquity)];
  const money = `${start} → ${end} ${currency}`;
  return [
    clipped(`${printable(result.strategy.name)} (${result.mode})`),
    clipped(`${symbols}, ${dates}, ${countText(period.bars)} bars`),
    clipped(money),
    '',
  ].join('\n');
}

function metricTable(result: SessionResult, options: PerformanceOptions): string {
  const table = plainTable(METRIC_WIDTHS, ['left', 'right', 'right']);
  const measured = measureSession(result, options);
  metricGroups(result, measured).forEach((group, index) => {
    if (index > 0) table.push(['', '', '']);
    const heads = index === 0 ? ['Strategy', 'Buy and hold'] : ['', ''];
    table.push([group.title.toUpperCase(), ...heads]);
    for (const row of group.rows) table.push([`  ${row.label}`, row.strategy, row.benchmark]);
  });
  return `${lines(table)}\n`;
}

function denialTable(result: SessionResult): string {
  if (result.denials.length === 0) return '  No order was denied.\n';
  const table = plainTable(DENIAL_WIDTHS, ['left', 'right', 'right', 'right', 'right', 'right']);
  table.push(['  CONTROL', 'DENIED', 'FIRST', 'LAST', 'WORST', 'LIMIT']);
  for (const denial of result.denials) {
    table.push([
      `  ${denial.code}`,
      countText(denial.count),
      dateText(denial.firstTsMs),
      dateText(denial.lastTsMs),
      printable(denial.worstObserved ?? NO_FIGURE),
      printable(denial.limit ?? NO_FIGURE),
    ]);
  }
  return `${lines(table)}\n`;
}

function assumptionTable(result: SessionResult): string {
  if (result.assumptions.length === 0) return '  None were recorded.';
  const table = plainTable(ASSUMPTION_WIDTHS, ['left', 'left', 'left']);
  for (const { name, value, note } of result.assumptions) {
    table.push([`  ${printable(name)}`, printable(value), printable(note)]);
  }
  return lines(table);
}

function plainTable(widths: number[], aligns: ('left' | 'right')[]): Table.Table {
  const none = '';
  return new Table({
    colWidths: widths,
    colAligns: aligns,
    wordWrap: true,
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
}

/** Padding at line ends would make a copied table fail a whitespace check. */
function lines(table: Table.Table): string {
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Text from a user's file must not steer the terminal. */
function printable(text: string): string {
  return text.replace(CONTROL, ' ');
}

function clipped(line: string): string {
  return line.length <= CONSOLE_COLUMNS ? line : `${line.slice(0, CONSOLE_COLUMNS - 1)}…`;
}
