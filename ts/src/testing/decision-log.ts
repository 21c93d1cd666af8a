import { defineStrategy, type Strategy, type StrategyDefinition } from '../strategies/strategy.js';
import type { StrategyContext } from '../strategies/strategy-context.js';

/** Something that a strategy asked for, or an exception that it threw. */
export interface Decision {
  /** Session time of the decision, milliseconds since 1970. */
  readonly tsMs: number;
  readonly hook: string;
  readonly call: string;
  /** The arguments as JSON text: prices and quantities as exact decimals. */
  readonly asked: string;
}

const DECIDING = new Set([
  'submit',
  'buy',
  'sell',
  'closePosition',
  'cancel',
  'setTimer',
  'clearTimer',
]);

/**
 * Returns a strategy that does what the given one does, and writes every decision into `log`. What `onStop` decides
 * is left out: it depends on where the data ends, and meets no bar any more.
 */
export function loggingDecisions(strategy: Strategy, log: Decision[]): Strategy {
  const { onStart, onBar, onTrade, onQuote, onFill, onOrder, onTimer, ...rest } =
    strategy.definition;
  const observed = (
    hook: string,
    context: StrategyContext,
    run: (context: StrategyContext) => void,
  ) => {
    try {
      run(observedContext(context, hook, log));
    } catch (error) {
      const asked = error instanceof Error ? error.message : String(error);
      log.push({ tsMs: context.nowMs, hook, call: 'throw', asked });
      throw error;
    }
  };
  const definition: StrategyDefinition = {
    ...rest,
    // A hook that is not there stays away: the session would call one that does nothing.
    ...(onStart && { onStart: (context) => observed('onStart', context, onStart) }),
    ...(onBar && { onBar: (bar, context) => observed('onBar', context, (c) => onBar(bar, c)) }),
    ...(onTrade && {
      onTrade: (trade, context) => observed('onTrade', context, (c) => onTrade(trade, c)),
    }),
    ...(onQuote && {
      onQuote: (quote, context) => observed('onQuote', context, (c) => onQuote(quote, c)),
    }),
    ...(onFill && {
      onFill: (fill, context) => observed('onFill', context, (c) => onFill(fill, c)),
    }),
    ...(onOrder && {
      onOrder: (order, context) => observed('onOrder', context, (c) => onOrder(order, c)),
    }),
    ...(onTimer && {
      onTimer: (name, context) => observed('onTimer', context, (c) => onTimer(name, c)),
    }),
  };
  return defineStrategy(definition);
}

function observedContext(context: StrategyContext, hook: string, log: Decision[]): StrategyContext {
  return new Proxy(context, {
    get(target, key) {
      // Getters and methods of the context use private fields, which only the context itself has.
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || typeof key !== 'string') return value;
      return (...args: readonly unknown[]): unknown => {
        if (DECIDING.has(key)) {
          log.push({ tsMs: target.nowMs, hook, call: key, asked: JSON.stringify(args) });
        }
        return Reflect.apply(value, target, args);
      };
    },
  });
}
