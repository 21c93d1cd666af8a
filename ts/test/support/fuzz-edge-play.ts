import { Engine } from '#ts/engine/orders/engine.js';
import type { EngineEvent } from '#ts/engine/orders/engine-event.js';
import type { Notice } from '#ts/native/notice-reader.js';
import type { SubmitResult } from '#ts/strategies/strategy-context.js';
import type { EdgeAct } from './fuzz-edge-acts.js';
import { readEdgeOrder } from './fuzz-edge-reading.js';
import { type FillOf, FuzzPlay, refusalOf, type Said } from './fuzz-play.js';
import { hostileOptions } from './fuzz-records.js';
import type { FuzzCounts } from './fuzz-shrinking.js';
import {
  FUZZ_INSTRUMENTS,
  FUZZ_STRATEGIES,
  type FuzzSetting,
  type SoundOrder,
} from './fuzz-world.js';
import { planRecord } from './reference-strategies.js';

/** The order that a key brought, and when. */
interface Used {
  readonly id: number;
  readonly tsNs: bigint;
}

type Submission = Extract<EdgeAct, { act: 'order' }>;

/** Plays orders of plain JavaScript to an engine and to the reference; throws where an answer cannot stand. */
export function playEdge(setting: FuzzSetting, acts: readonly EdgeAct[], counts: FuzzCounts): void {
  const play = new EdgePlay(setting, counts);
  try {
    for (const act of acts) play.play(act);
  } finally {
    play.engine.close();
  }
}

class EdgePlay extends FuzzPlay {
  readonly engine: Engine;
  /** Keys of orders that passed, and of those that were denied. */
  readonly #keys = { done: new Map<unknown, Used>(), denied: new Set<unknown>() };
  #trades = 0;

  constructor(setting: FuzzSetting, counts: FuzzCounts) {
    super(setting, counts);
    this.engine = Engine.open({
      ...hostileOptions(setting.limits),
      clock: () => this.world.nowNs,
      onEvent: (event) => this.#onEvent(event),
    });
    if (setting.plan !== null) this.engine.planCapital(planRecord(setting.plan));
    this.begin();
  }

  play(act: EdgeAct): void {
    if (act.act === 'order') this.#order(act);
    else this.playPlain(act);
  }

  protected trade(instrument: number, ticks: bigint): void {
    const price = FUZZ_INSTRUMENTS[instrument]?.priceOfTicks(ticks) ?? '';
    this.engine.trade({ instrument, price, quantity: '1', side: 'buy' });
  }

  protected fillOrder({ id, ticks, lots }: FillOf): void {
    this.#trades += 1;
    const order = this.engine.order(id);
    if (order === null) throw new Error(`order ${id} must be known`);
    this.engine.report({
      kind: 'fill',
      clientOrderId: id,
      tradeId: this.#trades,
      lastPx: order.instrument.priceOfTicks(ticks),
      lastQty: order.instrument.quantityOfLots(lots),
    });
  }

  #order(act: Submission): void {
    this.counts.cases += 1;
    const { order, options } = act;
    const { tsNs, idempotencyKey } = (options ?? {}) as {
      tsNs?: unknown;
      idempotencyKey?: unknown;
    };
    const key =
      idempotencyKey ?? (order as { idempotencyKey?: unknown } | null | undefined)?.idempotencyKey;
    const isOptions = options === undefined || (typeof options === 'object' && options !== null);
    const isTimely = isOptions && (tsNs === undefined || tsNs === null);
    const isKeyed = key === undefined || isKey(key);
    const used = this.#keys.done.get(key);
    if (used !== undefined && this.#isKept(used)) {
      this.#again(act);
      return;
    }
    const read = isTimely && isKeyed ? readEdgeOrder(order, this.world.nowNs) : null;
    // Under a key that was denied the same order is judged again, and another is refused.
    const isExact = !this.#keys.denied.has(key) && used === undefined;
    const said = this.check(read, () => this.#said(act), isExact);
    if (key !== undefined && said.outcome === 'denied') this.#keys.denied.add(key);
    if (key !== undefined && said.outcome === 'done')
      this.#keys.done.set(key, { id: said.id, tsNs: this.world.nowNs });
    if (said.outcome === 'done' && read !== null) this.#checkTaken(said.id, read);
  }

  /** A key is its order's for a day, and for as long as the order is open. */
  #isKept({ id, tsNs }: Used): boolean {
    const { nowNs, reference } = this.world;
    return nowNs - tsNs < KEY_KEPT_NS || reference.account.open.has(id);
  }

  /** An order under a key that was used brings the first verdict, or is refused, and opens nothing. */
  #again(act: Submission): void {
    const before = this.engine.openOrderCount;
    const said = this.#said(act);
    this.counts[said.outcome] += 1;
    this.hear();
    if (this.engine.openOrderCount !== before) throw new Error('a repeat must open nothing');
  }

  #said({ order, options }: Submission): Said {
    let result: SubmitResult | undefined;
    const refusal = refusalOf(() => {
      // What plain JavaScript hands over has no type to hold it back.
      result = this.engine.submit(order as never, options as never);
    });
    if (result === undefined) {
      return { outcome: 'refused', codes: [refusal ?? ''], id: 0, suggested: null };
    }
    const { clientOrderId: id } = result;
    if (result.verdict === 'approved') return { outcome: 'done', codes: [], id, suggested: null };
    const { codes, suggestedQuantity } = result;
    const suggested = suggestedQuantity === undefined ? null : BigInt(suggestedQuantity);
    return { outcome: 'denied', codes: [...codes].sort(), id, suggested };
  }

  /** What the engine took must be what the order says. */
  #checkTaken(id: number, { command }: SoundOrder): void {
    const taken = this.engine.order(id);
    const strategy = command.strategy === 0 ? null : FUZZ_STRATEGIES[command.strategy - 1];
    const same =
      taken !== null &&
      taken.strategy === strategy &&
      taken.quantity.lots === command.lots &&
      taken.limitPrice?.ticks === command.limitTicks &&
      taken.triggerPrice?.ticks === command.triggerTicks &&
      taken.reduceOnly === command.reduceOnly &&
      taken.instrument.symbol === `I${command.instrument}` &&
      (taken.side === 'buy') === (command.side === 0);
    if (!same) throw new Error(`took another order than was meant`);
  }

  #onEvent(event: EngineEvent): void {
    const notice = noticeOf(event, this.world.nowNs);
    if (notice !== null) this.notices.push(notice);
  }
}

const KEY_KEPT_NS = 86_400_000_000_000n;
/** Longer than any text among the hostile ones that is a key, and shorter than those that are none. */
const KEY_LENGTH_MAX = 128;
const isKey = (key: unknown) =>
  typeof key === 'string' && key.length > 0 && Buffer.byteLength(key) <= KEY_LENGTH_MAX;

const indexOf = (symbol: string) => FUZZ_INSTRUMENTS.findIndex((each) => each.symbol === symbol);

/** An event in the form that the reference hears, with what it looks at. */
function noticeOf(event: EngineEvent, tsNs: bigint): Notice | null {
  if (event.kind === 'order') {
    const { clientOrderId, instrument, status, side, role, orderType, quantity, cumQty } =
      event.order;
    return {
      kind: 'order',
      tsNs,
      clientOrderId,
      parent: event.order.parentOrderId ?? 0,
      instrument: indexOf(instrument.symbol),
      status,
      side,
      role,
      orderType,
      lots: quantity.lots,
      cumLots: cumQty.lots,
    } as Notice;
  }
  if (event.kind === 'fill') {
    const { clientOrderId, lastPx, lastQty } = event.fill;
    return {
      kind: 'fill',
      tsNs,
      clientOrderId,
      lastTicks: lastPx.ticks,
      lastLots: lastQty.lots,
    } as Notice;
  }
  return null;
}
