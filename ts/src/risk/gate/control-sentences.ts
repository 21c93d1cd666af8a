import type { ControlCode } from '../../core/controls.generated.js';

/** What a control saw, in words that people read. */
export interface ControlNumbers {
  readonly limit: string;
  readonly observed: string;
}

type Sentence = (numbers: ControlNumbers) => string;

/**
 * What each control says when it fails. A control that is added to the native table and not here does not compile.
 * Fractions come as percentages, times as seconds, amounts and counts as they are.
 */
export const CONTROL_SENTENCES: Readonly<Record<ControlCode, Sentence>> = {
  PRICE_STALE: ({ observed, limit }) =>
    `The last price of the instrument is ${observed} old; it may be ${limit} old. Feed a quote, and look why none came.`,
  ACCOUNT_UNAVAILABLE: ({ observed }) =>
    `Equity is ${observed}, and limits that are parts of it cannot be judged. Fund the account, or feed prices and rates.`,
  ORDER_QTY_EXCEEDED: ({ observed, limit }) =>
    `The order is for ${observed} units; one order may be for ${limit}. Send a smaller order.`,
  ORDER_NOTIONAL_EXCEEDED: ({ observed, limit }) =>
    `The order is worth ${observed}; one order may be worth ${limit}. Send a smaller order.`,
  QTY_BELOW_MIN: ({ observed, limit }) =>
    `The order is for ${observed} units; the venue takes no less than ${limit}. Send a larger order.`,
  QTY_ABOVE_MAX: ({ observed, limit }) =>
    `The order is for ${observed} units; the venue takes no more than ${limit} at once. Split it.`,
  NOTIONAL_BELOW_MIN: ({ observed, limit }) =>
    `The order is worth ${observed}; the venue takes nothing below ${limit}. Send a larger order.`,
  NOTIONAL_ABOVE_MAX: ({ observed, limit }) =>
    `The order is worth ${observed}; the venue takes nothing above ${limit}. Split it.`,
  PRICE_BAND_EXCEEDED: ({ observed, limit }) =>
    `The limit price lies ${observed} from the market; ${limit} is permitted. Check the price.`,
  PERCENT_PRICE_EXCEEDED: ({ observed, limit }) =>
    `The limit price lies ${observed} from the market; the venue takes up to ${limit}. Move it towards the market.`,
  POSITION_LIMIT_EXCEEDED: ({ observed, limit }) =>
    `With every open order filled the position would be ${observed} of equity; ${limit} is permitted. Send a smaller order, or cancel open ones.`,
  GROSS_EXPOSURE_EXCEEDED: ({ observed, limit }) =>
    `With every open order filled gross exposure would be ${observed} of equity; ${limit} is permitted. Reduce positions, or cancel open orders.`,
  ORDER_RATE_EXCEEDED: ({ observed, limit }) =>
    `This would be order ${observed} within a minute; ${limit} are permitted. Wait.`,
  DAILY_TRADES_EXCEEDED: ({ observed, limit }) =>
    `This would be opening order ${observed} of the UTC day; ${limit} are permitted. Wait for the next day.`,
  DAILY_LOSS_EXCEEDED: ({ observed, limit }) =>
    `The UTC day has lost up to ${observed} of its opening equity; at ${limit} nothing is opened any more. Orders that reduce pass.`,
  DRAWDOWN_EXCEEDED: ({ observed, limit }) =>
    `Equity has fallen up to ${observed} from its peak; at ${limit} nothing is opened any more. Orders that reduce pass.`,
  STOP_LOSS_REQUIRED: ({ observed, limit }) =>
    `An order that opens must carry a stop loss on the losing side of its price of ${limit} ticks; it has ${observed}. Add stopLoss.`,
  ORDER_CAPACITY_EXHAUSTED: ({ observed, limit }) =>
    `This would be open order ${observed}; there is room for ${limit}. Cancel orders.`,
  RISK_ARITHMETIC: () =>
    'A value of the judgement left its range, so nobody can tell whether the order is safe. Check quantity, price and limits.',
  RATE_STALE: ({ observed, limit }) =>
    `A rate of exchange that the order depends on is ${observed} old; it may be ${limit} old. Set the rate again.`,
  MARGIN_INSUFFICIENT: ({ observed, limit }) =>
    `The order needs ${observed} of initial margin; ${limit} is available. Send a smaller order, or reduce positions.`,
  SELF_TRADE: ({ observed }) =>
    `The order could trade with ${observed} own orders. Cancel them first.`,
  TRADING_MODE_DENIED: ({ observed }) =>
    `The trading mode is ${MODES[Number(observed)] ?? 'emergency'}. Use gate.reduce to get out; a person resets the mode.`,
  POSITION_QTY_EXCEEDED: ({ observed, limit }) =>
    `With every open order filled the position would be ${observed} units; ${limit} are permitted. Send a smaller order, or cancel open ones.`,
  POSITION_NOTIONAL_EXCEEDED: ({ observed, limit }) =>
    `With every open order filled the position would be worth ${observed}; ${limit} is permitted. Send a smaller order, or cancel open ones.`,
  NET_EXPOSURE_EXCEEDED: ({ observed, limit }) =>
    `Longs less shorts would be ${observed} of equity; ${limit} is permitted. Send a smaller order, or hedge.`,
  ASSET_EXPOSURE_EXCEEDED: ({ observed, limit }) =>
    `All instruments of this asset together would be ${observed} of equity; ${limit} is permitted. Reduce one of them.`,
  GROUP_EXPOSURE_EXCEEDED: ({ observed, limit }) =>
    `The group of this instrument would be ${observed} of equity; ${limit} is permitted. Reduce another one of the group.`,
  CONCENTRATION_EXCEEDED: ({ observed, limit }) =>
    `The instrument would be ${observed} of the portfolio; ${limit} is permitted. Spread over more instruments.`,
  LEVERAGE_EXCEEDED: ({ observed, limit }) =>
    `Gross exposure would be ${observed} of equity; leverage may bring it to ${limit}. Reduce positions.`,
  BUYING_POWER_EXCEEDED: ({ observed, limit }) =>
    `All open buy orders would cost ${observed}; ${limit} of settled cash may be spent. Cancel open orders, or send a smaller one.`,
  OPEN_ORDERS_EXCEEDED: ({ observed, limit }) =>
    `This would be open order ${observed}; the limits permit ${limit}. Cancel orders.`,
  MESSAGE_RATE_EXCEEDED: ({ observed }) =>
    `The venue's message budget lacks ${observed} messages; what is left is kept for cancels, which pass. Wait.`,
  DUPLICATE_INTENT: ({ observed, limit }) =>
    `The same order was sent ${observed} ago; within ${limit} it counts as a repeat. Wait, if it was meant.`,
  EXECUTIONS_THROTTLED: ({ observed, limit }) =>
    `The strategy filled ${observed} times within its window; beyond ${limit} it is disabled. A person looks, and enables it again.`,
  WEEKLY_LOSS_EXCEEDED: ({ observed, limit }) =>
    `The UTC week has lost up to ${observed} of its opening equity; at ${limit} nothing is opened any more. Orders that reduce pass.`,
  TOTAL_LOSS_EXCEEDED: ({ observed, limit }) =>
    `Up to ${observed} of opening equity was lost since the start; at ${limit} nothing is opened any more. Review the strategy and start anew.`,
  DRAWDOWN_GUARD: ({ observed, limit }) =>
    `Equity stands ${observed} below its peak; from ${limit} on the permitted sizes shrink, and the order is larger than what is left. Send a smaller order.`,
  CONSECUTIVE_LOSSES: ({ observed, limit }) =>
    `${observed} trades in a row lost on this UTC day; ${limit} are permitted. Wait for the next day, or enable trading again.`,
  PRICE_COLLAR_EXCEEDED: ({ observed, limit }) =>
    `The price lies ${observed} from where the market stood when the window began; ${limit} is permitted. Check the price.`,
  STOP_COVERAGE_MISSING: ({ observed, limit }) =>
    `The position was without live stops for ${observed}; ${limit} is permitted. Place a stop for the whole position.`,
  ACCOUNT_STALE: ({ observed, limit }) =>
    `The venue confirmed the account ${observed} ago; it may be ${limit} ago. Fetch the balances.`,
  INTENT_STALE: ({ observed, limit }) =>
    `The price that caused the order is ${observed} old; it may be ${limit} old. Decide again on present data.`,
  CLOCK_DRIFT_EXCEEDED: ({ observed, limit }) =>
    `The clock is off by ${observed}, or nobody measured it; ${limit} is permitted. Synchronise it and measure again.`,
  INSTRUMENT_RESTRICTED: () =>
    'The instrument is on the restricted list: nothing of it may be opened. Orders that reduce pass.',
  OUTSIDE_TRADING_HOURS: ({ observed }) =>
    `No trading session is open; the last one ended ${observed} ago. Wait for the next one.`,
  INSTRUMENT_HALTED: () => 'The venue has halted the instrument. Wait until trading resumes.',
  SHORT_SALE_DENIED: ({ observed, limit }) =>
    `With every open sell order filled the position would be ${observed} units short; ${limit} are permitted. Sell no more than is held.`,
  BREAKER_OPEN: ({ observed }) =>
    `Circuit breakers are open (bits ${observed}): a part that trading depends on has failed. Wait until it has recovered.`,
  STRATEGY_MESSAGE_RATE_EXCEEDED: ({ observed }) =>
    `The strategy's message budget lacks ${observed} messages; what is left is kept for cancels, which pass. Wait.`,
  CAPITAL_ALLOCATION_EXCEEDED: ({ observed, limit }) =>
    `With every open order filled the strategy would have ${observed} at risk; ${limit} is allocated to it. Send a smaller order, or cancel open ones.`,
  CORRELATION_STALE: ({ observed, limit }) =>
    `The correlations are ${observed} old, or none were told; they may be ${limit} old. Feed returns to the monitor, and tell the gate.`,
  CORRELATION_TOO_HIGH: ({ observed, limit }) =>
    `The instrument correlates by ${observed} with something held or ordered on the same side; ${limit} is permitted. Reduce the other first.`,
  PORTFOLIO_RISK_STALE: ({ observed, limit }) =>
    `The portfolio's risk was told ${observed} ago, or never; it may be ${limit} old. Measure it again, and tell the gate.`,
  VAR_EXCEEDED: ({ observed, limit }) =>
    `With the order value at risk could be ${observed}; ${limit} is permitted. Send a smaller order, or reduce positions.`,
  CVAR_EXCEEDED: ({ observed, limit }) =>
    `With the order expected shortfall could be ${observed}; ${limit} is permitted. Send a smaller order, or reduce positions.`,
  RISK_SCORE_EXCEEDED: ({ observed, limit }) =>
    `The portfolio's risk score is ${observed} of its scale; ${limit} is permitted. Reduce positions, and measure again.`,
};

const MODES: readonly string[] = ['normal', 'paused', 'reduced', 'emergency'];
