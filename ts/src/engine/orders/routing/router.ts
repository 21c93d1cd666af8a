import type { Code } from '../../../core/codes.generated.js';
import { HoldfastError, isHoldfastError } from '../../../core/holdfast-error.js';
import type { Instrument } from '../../../core/instrument.js';
import { instrumentAt } from '../../../core/instrument-at.js';
import { shownValue } from '../../../core/shown-value.js';
import type { OrderIntent } from '../../../strategies/strategy-context.js';
import { codesOf } from '../../submit-result.js';
import type { CallOptions } from '../engine-calls.js';
import type { Engine } from '../engine.js';
import {
  type Route,
  type RouteCandidate,
  type RoutedResult,
  ROUTING_STRATEGIES,
  type RoutingStrategy,
} from './route.js';
import { compareRoutes, routeCost } from './route-cost.js';
import {
  type ParsedRouterOptions,
  parseRouterOptions,
  type RouterOptions,
} from './router-options.js';
import type { TouchBook } from './touch-book.js';
import { VenueStandings } from './venue-standing.js';

const NS_PER_MS = 1_000_000n;

/** An order without a venue: the instrument is one of those that it may go to. */
export interface RouteOptions extends CallOptions {
  /** Default `smart_route`. */
  readonly strategy?: RoutingStrategy;
  /** Symbols that it may go to; all of the same product unless given. */
  readonly among?: readonly string[];
}

/**
 * Chooses for each order the venue that is best for it, among the instruments of an engine that are the same product. A venue
 * whose quote, fee, breaker or gate says no gets none. The choice stands in the journal before the order.
 *
 * @example
 * const router = new Router(engine, {
 *   venues: {
 *     KRAKEN: { rates: () => book.schedule('kraken-spot').rates(), breaker: breakers.component('kraken') },
 *     COINBASE: { rates: () => book.schedule('coinbase-spot').rates() },
 *   },
 * });
 * const order = { instrument: 'BTC-USD@KRAKEN', side: 'buy', quantity: '0.5', stopLoss: '60000' };
 * const { clientOrderId, route } = router.submit(order, { strategy: 'best_price' });
 * route?.venue; // "COINBASE"
 */
export class Router {
  readonly #engine: Engine;
  readonly #options: ParsedRouterOptions;
  readonly #touches: TouchBook;
  readonly #standings: VenueStandings;
  readonly #close: () => void;

  /** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
  constructor(engine: Engine, options: RouterOptions) {
    this.#engine = engine;
    this.#options = parseRouterOptions(options);
    this.#touches = engine.followTouches();
    this.#standings = new VenueStandings((id) => engine.order(id)?.isInDoubt === true);
    this.#close = engine.listen((event) => this.#standings.take(event));
  }

  /**
   * Tells where an order would go now, and sends none.
   *
   * @throws HoldfastError `ROUTING_FAILED` when no venue can take it, with each one's reasons; `INSTRUMENT_UNKNOWN`,
   * `ARGUMENT_INVALID` for symbols that are not one product
   */
  route(order: OrderIntent, options: RouteOptions = {}): Route {
    const tsNs = options.tsNs ?? this.#engine.now();
    const strategy = strategyOf(options.strategy);
    const indices = this.#among(order, options.among);
    const first = this.#engine.instruments[indices[0] ?? 0];
    const candidates = indices.map((index) => this.#candidate(order, index, tsNs));
    const usable = candidates.filter(({ refused }) => refused.length === 0);
    usable.sort((left, right) => {
      if (left.cost === null || right.cost === null || first === undefined) return 0;
      const of = { side: order.side, instrument: first };
      return compareRoutes(strategy, of, left.cost, right.cost);
    });
    const [best] = usable;
    if (best === undefined) throw routingFailed(candidates);
    const refused = candidates.filter((candidate) => candidate.refused.length > 0);
    return {
      strategy,
      symbol: best.symbol,
      venue: best.venue,
      candidates: [...usable, ...refused],
    };
  }

  /**
   * Chooses a venue, records why, and submits the order there. Under a key that was used before, the order goes where the
   * first one went, whatever the prices are now.
   *
   * @throws HoldfastError as `route` and `Engine.submit`
   */
  submit(order: OrderIntent, options: RouteOptions = {}): RoutedResult {
    const tsNs = options.tsNs ?? this.#engine.now();
    const key = order.idempotencyKey;
    const known = key === undefined ? null : this.#engine.instrumentOfKey(key, { tsNs });
    if (known !== null) {
      const repeated = this.#engine.submit({ ...order, instrument: known.symbol }, { tsNs });
      return { ...repeated, route: null };
    }
    const route = this.route(order, { ...options, tsNs });
    this.#engine.noteRoute(route, { tsNs });
    const result = this.#engine.submit({ ...order, instrument: route.symbol }, { tsNs });
    return { ...result, route };
  }

  /** Stops following the engine. */
  close(): void {
    this.#close();
  }

  #candidate(order: OrderIntent, index: number, tsNs: bigint): RouteCandidate {
    const instrument = instrumentAt(this.#engine.instruments, index);
    const { symbol, venue } = instrument;
    const standing = this.#standings.of(venue);
    const none = { symbol, venue, cost: null, standing };
    try {
      const cost = this.#cost(order, index, tsNs);
      const refused = this.#refusals(order, index, tsNs);
      return { symbol, venue, refused, cost, standing };
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      return { ...none, refused: [error.code] };
    }
  }

  #cost(order: OrderIntent, index: number, tsNs: bigint) {
    const instrument = instrumentAt(this.#engine.instruments, index);
    const { symbol, venue } = instrument;
    const routed = this.#options.venues.get(venue);
    if (routed === undefined) throw missing('FEE_DATA_STALE', `fees of venue ${venue}`);
    const touch = this.#touches.at(index);
    if (touch === undefined) throw missing('FEE_QUOTE_MISSING', `a quote of ${symbol}`);
    const ageNs = tsNs - touch.tsNs;
    if (ageNs < 0n || ageNs > BigInt(this.#options.quoteAgeMsMax) * NS_PER_MS) {
      throw missing('PRICE_STALE', `a fresh quote of ${symbol}`);
    }
    const { limitPrice, postOnly } = order;
    return routeCost({
      order: {
        instrument,
        side: order.side,
        quantity: instrument.quantity(order.quantity),
        orderType: order.orderType ?? 'market',
        limitPrice: limitPrice === undefined ? undefined : instrument.price(limitPrice),
        postOnly,
      },
      touch,
      rates: routed.rates(symbol),
      standing: this.#standings.of(venue),
      weights: this.#options.weights,
    });
  }

  /** What breaker and gate say of it; the gate's own age limits hold for its inputs. */
  #refusals(order: OrderIntent, index: number, tsNs: bigint): readonly Code[] {
    const { venue } = instrumentAt(this.#engine.instruments, index);
    const breaker = this.#options.venues.get(venue)?.breaker;
    if (breaker !== undefined && !breaker.allowRequest()) return ['CIRCUIT_OPEN'];
    return codesOf(this.#engine.check({ ...order, instrument: index }, { tsNs }));
  }

  /** Indices of the instruments that are the order's product. */
  #among(order: OrderIntent, among: readonly string[] | undefined): readonly number[] {
    const { instruments } = this.#engine;
    const named = this.#engine.instrument(order.instrument);
    const all = instruments.map((_, index) => index);
    if (among === undefined) {
      return all.filter((index) => isSameProduct(named, instrumentAt(instruments, index)));
    }
    const chosen = among.map((symbol) => instruments.indexOf(this.#engine.instrument(symbol)));
    const other = chosen.find((index) => !isSameProduct(named, instrumentAt(instruments, index)));
    if (other === undefined && chosen.length > 0) return [...new Set(chosen)];
    const value = other === undefined ? 'none' : instrumentAt(instruments, other).symbol;
    throw new HoldfastError(
      'ARGUMENT_INVALID',
      `among must name instruments of one product with ${named.symbol}, was ${value}`,
      { context: { field: 'among', value } },
    );
  }
}

/** The same asset, bought with the same currency, by the same kind of contract. */
function isSameProduct(left: Instrument, right: Instrument): boolean {
  if (left === right) return true;
  const [a, b] = [left.options, right.options];
  return (
    a.baseCurrency !== undefined &&
    a.baseCurrency === b.baseCurrency &&
    left.quoteCurrency === right.quoteCurrency &&
    left.settlementCurrency === right.settlementCurrency &&
    left.kind === right.kind &&
    a.perpetual === b.perpetual &&
    a.contractMultiplier === b.contractMultiplier
  );
}

function strategyOf(strategy: RoutingStrategy = 'smart_route'): RoutingStrategy {
  if (ROUTING_STRATEGIES.includes(strategy)) return strategy;
  const value = shownValue(strategy);
  throw new HoldfastError(
    'ARGUMENT_INVALID',
    `strategy must be one of ${ROUTING_STRATEGIES.join(', ')}, was ${value}`,
    { context: { field: 'strategy', value } },
  );
}

function missing(code: Code, what: string): HoldfastError {
  return new HoldfastError(code, `${what} must be known to choose a venue, was not`);
}

function routingFailed(candidates: readonly RouteCandidate[]): HoldfastError {
  const reasons = candidates.map(({ symbol, refused }) => `${symbol}: ${refused.join(', ')}`);
  return new HoldfastError(
    'ROUTING_FAILED',
    `a venue must be able to take the order, none is (${reasons.join('; ')})`,
    {
      context: Object.fromEntries(
        candidates.map(({ symbol, refused }) => [symbol, refused.join(', ')]),
      ),
    },
  );
}
