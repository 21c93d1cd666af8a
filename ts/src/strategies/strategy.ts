import type { Bar } from '../core/bar.js';
import { HoldfastError } from '../core/holdfast-error.js';
import type { Quote, Trade } from '../core/tick.js';
import type { IndicatorFactory } from '../quant/indicators/index.js';
import type { LimitsOptions } from '../risk/limits.js';
import type { FillEvent, OrderEvent, StrategyContext } from './strategy-context.js';

export type Params = Readonly<Record<string, string | number | boolean | null>>;
export type IndicatorFactories = Readonly<Record<string, IndicatorFactory>>;

/** Numbers of the declared indicators on the bar's instrument, all warm. */
export type IndicatorValues<Factories extends IndicatorFactories> = {
  readonly [Name in keyof Factories]: number;
};

/**
 * A strategy: what it declares, and what it does when something happens.
 *
 * It sees bars only when they have closed, and its orders meet the events that follow, so it cannot look ahead. `onBar`
 * is first called when every declared indicator is warm. State lives in `state()`, made anew for each run, so that two
 * runs are the same.
 */
export interface StrategyDefinition<
  P extends Params = Params,
  I extends IndicatorFactories = IndicatorFactories,
  S = unknown,
> {
  readonly name: string;
  readonly params?: P;
  /** Limits of the gate that the strategy wants when the session names none. */
  readonly limits?: LimitsOptions;
  readonly indicators?: (params: P) => I;
  readonly state?: (params: P) => S;
  readonly onStart?: (context: StrategyContext<P, I, S>) => void;
  readonly onBar?: (bar: Bar, context: StrategyContext<P, I, S>) => void;
  readonly onTrade?: (trade: Trade, context: StrategyContext<P, I, S>) => void;
  readonly onQuote?: (quote: Quote, context: StrategyContext<P, I, S>) => void;
  readonly onFill?: (fill: FillEvent, context: StrategyContext<P, I, S>) => void;
  readonly onOrder?: (order: OrderEvent, context: StrategyContext<P, I, S>) => void;
  readonly onTimer?: (name: string, context: StrategyContext<P, I, S>) => void;
  readonly onStop?: (context: StrategyContext<P, I, S>) => void;
}

/** A checked strategy, with its types put aside: what runners take. */
export interface Strategy {
  readonly name: string;
  readonly params: Params;
  readonly definition: StrategyDefinition<Params, IndicatorFactories, unknown>;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const HOOKS = [
  'onStart',
  'onBar',
  'onTrade',
  'onQuote',
  'onFill',
  'onOrder',
  'onTimer',
  'onStop',
] as const;
const KEYS = new Set<string>(['name', 'params', 'limits', 'indicators', 'state', ...HOOKS]);

function invalid(message: string, context: Record<string, string>): HoldfastError {
  return new HoldfastError('STRATEGY_INVALID', message, { context });
}

/**
 * Makes a strategy from its definition.
 *
 * @example
 * export default defineStrategy({
 *   name: 'sma-cross',
 *   params: { fast: 10, slow: 30 },
 *   indicators: ({ fast, slow }) => ({ fast: sma(fast), slow: sma(slow) }),
 *   onBar(bar, context) {
 *     const { fast, slow } = context.indicators;
 *     if (fast > slow && context.position().isFlat) context.buy(1, { stopLoss: bar.close * 0.95 });
 *     if (fast < slow) context.closePosition();
 *   },
 * });
 *
 * @throws HoldfastError `STRATEGY_INVALID`
 */
export function defineStrategy<P extends Params, I extends IndicatorFactories, S = undefined>(
  definition: StrategyDefinition<P, I, S>,
): Strategy {
  const given: unknown = definition;
  if (typeof given !== 'object' || given === null || typeof definition.name !== 'string') {
    throw invalid('a strategy must be defined by an object with a name', { field: 'name' });
  }
  if (!NAME.test(definition.name)) {
    throw invalid(
      `name must be 1 to 64 lower-case letters, digits and hyphens, was "${definition.name}"`,
      { field: 'name' },
    );
  }
  const stranger = Object.keys(definition).find((key) => !KEYS.has(key));
  if (stranger !== undefined) {
    throw invalid(`a strategy has no "${stranger}"; its keys are ${[...KEYS].join(', ')}`, {
      field: stranger,
    });
  }
  const noFunction = HOOKS.find(
    (hook) => definition[hook] !== undefined && typeof definition[hook] !== 'function',
  );
  if (noFunction !== undefined) {
    throw invalid(`${noFunction} of a strategy must be a function`, { field: noFunction });
  }
  if (!HOOKS.some((hook) => definition[hook] !== undefined)) {
    throw invalid(`a strategy must have at least one of ${HOOKS.join(', ')}`, { field: 'onBar' });
  }
  return {
    name: definition.name,
    params: checkParams(definition.params ?? {}),
    // The runner gives each hook the very params, indicators and state that this definition declared.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parameters vary both ways
    definition: definition as unknown as Strategy['definition'],
  };
}

/** A copy that nobody can change, so that two runs have the same parameters; plain values only. */
function checkParams(params: Params): Params {
  for (const [name, value] of Object.entries(params)) {
    const isPlain =
      value === null ||
      typeof value === 'string' ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value));
    if (!isPlain) {
      throw invalid(
        `params.${name} must be a string, a finite number, a boolean or null, was ${String(value)}`,
        { field: `params.${name}` },
      );
    }
  }
  return Object.freeze({ ...params });
}

/** Tells a strategy from any other value: what a strategy file must export. */
export function isStrategy(value: unknown): value is Strategy {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'definition' in value &&
    typeof value.definition === 'object' &&
    value.definition !== null
  );
}
