import { basename } from 'node:path';

import type { ImportReport } from '../market/import/bar-sink.js';
import type { Assumptions } from './backtest-options.js';
import type { Assumption } from './session-result.js';

/** States what the simulation took for granted, with the values that were in force. */
export function assumptionList(
  assumptions: Assumptions,
  imports: readonly ImportReport[],
): readonly Assumption[] {
  return [
    ...fillAssumptions(assumptions),
    ...costAssumptions(assumptions),
    ...imports.flatMap(rounding),
  ];
}

function fillAssumptions(assumptions: Assumptions): Assumption[] {
  const { participationFracMax, limitFill, latencyMs } = assumptions;
  const through = limitFill === 'through';
  return [
    {
      name: 'decisions',
      value: 'at the close of a bar',
      note: 'An order takes part from the next bar on; nothing fills in the bar that was seen.',
    },
    {
      name: 'market orders',
      value: 'next open',
      note: 'Filled at the first price of the next bar, plus slippage.',
    },
    {
      name: 'stops',
      value: 'pessimistic',
      note:
        'Filled at the stop price plus slippage; a gap fills at the open. When stop and target lie in one bar, ' +
        'the stop was first.',
    },
    {
      name: 'limit orders',
      value: limitFill,
      note: through
        ? 'Filled at their price only when the bar trades beyond it; a better open fills at the open.'
        : 'Filled at their price as soon as the bar reaches it; a better open fills at the open.',
    },
    {
      name: 'participation',
      value:
        participationFracMax === 'unlimited'
          ? 'unlimited'
          : `${percent(participationFracMax)} of volume`,
      note: 'All own orders of a bar together; the rest of an order rests. A bar without volume fills nothing.',
    },
    {
      name: 'latency',
      value: `${latencyMs} ms`,
      note: 'An order takes part in the first bar that opens after it has arrived.',
    },
    {
      name: 'market impact',
      value: 'none',
      note: 'Own orders do not move the prices that follow.',
    },
  ];
}

function costAssumptions(assumptions: Assumptions): Assumption[] {
  const { slippageBps, takerFeeBps, makerFeeBps, feePerUnit, fundingBps, fundingIntervalH } =
    assumptions;
  const list = [
    {
      name: 'slippage',
      value: `${slippageBps} bps`,
      note: 'Of the price, against the order, rounded to the worse tick; market and stop orders.',
    },
    {
      name: 'fees',
      value: `taker ${takerFeeBps} bps, maker ${makerFeeBps} bps`,
      note: `Of notional${feePerUnit === '0' ? '' : `, and ${feePerUnit} per unit`}; a negative fee is a rebate.`,
    },
    {
      name: 'cash',
      value: 'no interest',
      note: 'Cash earns nothing, and short positions pay no borrow fee.',
    },
  ];
  if (fundingBps === '0') return list;
  const note = `Paid by longs to shorts every ${fundingIntervalH} hours on perpetuals, at the bar's open.`;
  return [...list, { name: 'funding', value: `${fundingBps} bps`, note }];
}

function rounding(report: ImportReport): Assumption[] {
  const list: Assumption[] = [];
  if (report.roundedCount > 0) {
    list.push({
      name: 'prices rounded',
      value: `${report.roundedCount} values in ${basename(report.file)}`,
      note: `To the nearest tick, as the data's description says; the largest change is ${report.roundedMax}.`,
    });
  }
  if (report.volumeRoundedCount > 0) {
    list.push({
      name: 'volumes rounded',
      value: `${report.volumeRoundedCount} values in ${basename(report.file)}`,
      note: `To whole lots, as the data's description says; the largest change is ${report.volumeRoundedMax}.`,
    });
  }
  if (report.skippedCount > 0) {
    list.push({
      name: 'rows skipped',
      value: `${report.skippedCount} in ${basename(report.file)}`,
      note: 'Bad rows were skipped because --on-bad-row skip was given; the first are listed in the summary.',
    });
  }
  for (const warning of report.warnings) {
    list.push({ name: 'data', value: basename(report.file), note: warning });
  }
  return list;
}

function percent(frac: string): string {
  return `${Number((Number(frac) * 100).toPrecision(10))} %`;
}
