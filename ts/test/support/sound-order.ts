import type { Command } from '#ts/native/command-memory.js';
import { ORDER_TYPES, TIMES_IN_FORCE } from '#ts/core/vocabulary.generated.js';

/** What makes an order sound, said once more: slow, obvious, and apart from the code that native and TypeScript have for it. */

const WITH_LIMIT = new Set(['limit', 'stop_limit', 'take_profit_limit']);
const WITH_TRIGGER = new Set([
  'stop_market',
  'stop_limit',
  'take_profit_market',
  'take_profit_limit',
]);
const RESTING = new Set([...WITH_LIMIT, 'market_to_limit']);
const WAITING = new Set([...WITH_TRIGGER, 'trailing_stop']);

export interface Terms {
  readonly postOnly: boolean;
  readonly trailing: { readonly kind: 'ticks' | 'share'; readonly value: bigint } | null;
  readonly display: bigint | null;
  readonly expiresNs: bigint | null;
}

const INT64_MAX = 2n ** 63n - 1n;
const fits = (value: bigint | undefined) =>
  value === undefined || (value > 0n && value <= INT64_MAX);

/** How many instruments and strategies there are, at an instant. */
export interface Known {
  readonly instruments: number;
  readonly strategies: number;
  readonly nowNs: bigint;
}

/** Whether the fields of an order fit each other, and there is such an instrument, at an instant. */
export function isSound(
  command: Command,
  terms: Terms,
  { instruments, strategies, nowNs }: Known,
): boolean {
  if (command.strategy > strategies) return false;
  const { lots, limitTicks, triggerTicks, stopLossTicks, takeProfitTicks } = command;
  const type = ORDER_TYPES[command.orderType];
  const timeInForce = TIMES_IN_FORCE[command.timeInForce];
  const { postOnly, trailing, display, expiresNs } = terms;
  if (type === undefined || timeInForce === undefined) return false;
  const isImmediate = timeInForce === 'ioc' || timeInForce === 'fok';
  const hasExit = stopLossTicks !== undefined || takeProfitTicks !== undefined;
  const rules = [
    command.instrument >= 0 && command.instrument < instruments,
    command.side === 0 || command.side === 1,
    lots > 0n && lots <= INT64_MAX,
    [limitTicks, triggerTicks, stopLossTicks, takeProfitTicks].every(fits),
    WITH_LIMIT.has(type) === (limitTicks !== undefined),
    WITH_TRIGGER.has(type) === (triggerTicks !== undefined),
    (type === 'trailing_stop') === (trailing !== null),
    trailing === null || trailing.value > 0n,
    trailing?.kind !== 'share' || trailing.value < 1_000_000n,
    !(command.reduceOnly && hasExit),
    !(isImmediate && (WAITING.has(type) || type === 'market_to_limit')),
    !postOnly || (type === 'limit' && !isImmediate),
    display === null || (display > 0n && display <= lots && RESTING.has(type) && !isImmediate),
    (timeInForce === 'gtd') === (expiresNs !== null),
    expiresNs === null || expiresNs > nowNs,
  ];
  return rules.every(Boolean);
}
