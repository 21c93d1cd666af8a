import { inspect } from 'node:util';

import type { OrderStatus } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { FillNotice, OrderNotice } from '#ts/native/notice-reader.js';
import type { Gate } from '#ts/risk/gate/gate.js';
import type { CheckVerdict, GateVerdict } from '#ts/risk/gate/verdict.js';
import { causeTerms } from './fuzz-record-acts.js';
import { MARKET_BUY } from './native-fixture.js';
import { ReferenceAccount } from './reference-account.js';
import { type ReferenceWorld, referenceVerdict, SIZE_CODES } from './reference-gate.js';
import type { ReferenceRules } from './reference-rules.js';
import {
  enable,
  planRecord,
  ReferenceCapital,
  type SharePlan,
  throttle,
} from './reference-strategies.js';
import {
  CAPITAL_DELAY_NS,
  TOLD_START_NS,
  TOLD_STRATEGIES,
  type ToldAct,
  type ToldWorld,
} from './told-acts.js';
import { priceText, TOLD_ASSETS, toldGate, toldOrder } from './told-gate.js';

const MS = 1_000_000n;
const PARTS = 1_000_000n;
const START_CENTS = 10_000_000n;
const HUGE = 2n ** 61n;
/** Below it a liquidation may begin, whose orders the reference does not make. */
const LEAST_CENTS = 3_000_000n;
const MODES = ['normal', 'normal', 'normal', 'normal', 'reduced', 'normal', 'paused'] as const;

/** An order that may still fill. */
interface Resting {
  readonly id: number;
  command: Command;
  cum: bigint;
  /** What an amendment asks for that was not answered. */
  asked: Command | null;
  isDoubted: boolean;
  /** Whether an own exit has asked for its cancel. */
  isDoomed: boolean;
}

const larger = (one: bigint, other: bigint) => (one > other ? one : other);

/** An order that has filled may go on when an amendment is out that asks for more. */
const isComplete = ({ command, cum, asked }: Resting) => asked === null && cum >= command.lots;

/** A gate that is told everything and the reference beside it; what differs is an error. */
export class ToldPair {
  readonly seen = new Map<string, number>();
  orders = 0;
  approved = 0;
  suggestions = 0;
  amendments = 0;
  fills = 0;
  doubts = 0;
  readonly #gate: Gate;
  readonly #world: ReferenceWorld;
  readonly #rules: ReferenceRules;
  readonly #resting: Resting[] = [];
  #nowNs = TOLD_START_NS;
  #last: ToldAct | undefined;
  #trades = 0;
  readonly #hasPlans: boolean;

  constructor({ limits, rules, hasPlans }: ToldWorld) {
    this.#hasPlans = hasPlans;
    this.#rules = rules;
    this.#gate = toldGate({ limits, rules }, () => this.#nowNs);
    this.#world = {
      limits,
      assets: TOLD_ASSETS,
      group: new Set([0, 2]),
      account: new ReferenceAccount(TOLD_ASSETS.length, START_CENTS),
      signals: {
        halted: new Set(),
        breakers: 0,
        accountAt: null,
        clockOffsetNs: null,
        enabledAt: 0n,
        governor: PARTS,
      },
      told: { correlations: null, risk: null },
      capital: new ReferenceCapital(CAPITAL_DELAY_NS),
      rules,
      disabled: new Set(),
    };
    this.#gate.setRate('EUR', '1');
    for (const index of TOLD_ASSETS.keys()) this.#price(index, 10_000n);
  }

  close(): void {
    this.#gate.close();
  }

  play(act: ToldAct): void {
    const { account } = this.#world;
    const isMargined = this.#rules.instruments.some(({ initialFrac }) => initialFrac !== undefined);
    if (isMargined && account.equity < LEAST_CENTS) return;
    this.#nowNs += BigInt(act.pause) * MS;
    if (act.act === 'price' || act.pause > 0) {
      const falls = act.place < 12 && act.pause === 0 && !isMargined;
      if (falls) this.#ruin();
      else this.#price(act.instrument, BigInt(10_000 + act.offset));
      if (isMargined && account.equity < LEAST_CENTS) return;
    }
    if (act.act === 'order') this.#last = act;
    if (act.act === 'order' || act.act === 'again') this.#order(this.#last ?? act);
    const resting = this.#resting[act.place % Math.max(this.#resting.length, 1)];
    if (resting !== undefined) this.#move(act, resting);
    this.#decide(act);
  }

  #price(instrument: number, ticks: bigint): void {
    this.#gate.price(instrument, priceText(ticks));
    this.#world.account.onPrice(instrument, ticks, this.#nowNs);
  }

  /** A market rises a hundredfold or falls to nothing, so that an account that is short, or owes, has no equity left. */
  #ruin(): void {
    const lots = this.#world.account.holdings.map((each) => each.lots);
    const short = lots.findIndex((each) => each < 0n);
    if (short >= 0) this.#price(short, 1_000_000n);
    else this.#price(lots.indexOf(lots.reduce(larger)), 1n);
  }

  #order(act: ToldAct): void {
    const command = this.#command(act);
    const expected = referenceVerdict(this.#world, command, this.#nowNs);
    const order = toldOrder(command);
    this.#compare('a check', this.#gate.check(order), expected.codes);
    const verdict = this.#gate.submit(order);
    this.#compare('an order', verdict, expected.codes);
    this.#compareSuggestion(command, verdict, expected.codes);
    for (const code of expected.codes) this.seen.set(code, (this.seen.get(code) ?? 0) + 1);
    this.orders += 1;
    if (!verdict.allowed) return;
    this.approved += 1;
    const { id } = verdict;
    if (expected.reducing && this.#rules.keepsApart) this.#doom(command);
    this.#world.account.onSent(id, command, expected.reducing, this.#nowNs);
    const resting = { id, command, cum: 0n, asked: null, isDoubted: false, isDoomed: false };
    this.#resting.push(resting);
    this.#gate.accepted(id);
    this.#keep(resting, 'accepted');
  }

  #command({ instrument, side, lots, offset, form, strategy, causeNs }: ToldAct): Command {
    const limitTicks = form === 'limit' ? BigInt(10_000 + offset) : undefined;
    return {
      ...MARKET_BUY,
      instrument,
      side,
      strategy,
      // At a price of next to nothing such an order is worth little enough to be judged in part.
      lots: form === 'huge' && (this.#world.account.mark(instrument) ?? 0n) > 1n ? HUGE : lots,
      limitTicks,
      orderType: limitTicks === undefined ? 0 : 1,
      // The gate itself asks for cancels of exits that have nothing left to reduce, which the reference does not count.
      reduceOnly: form === 'reduce' && this.#world.limits.messagesPerSecondMax === undefined,
      terms: causeTerms(causeNs === null ? undefined : this.#nowNs + causeNs),
    };
  }

  #compare(what: string, verdict: GateVerdict | CheckVerdict, expected: readonly string[]): void {
    const native = verdict.allowed ? [] : [...verdict.codes].sort();
    if (native.join() === expected.join()) return;
    throw new Error(`${what} differs: native ${inspect(verdict)}, reference ${expected.join()}`);
  }

  /** What is suggested passes, and one lot more does not. */
  #compareSuggestion(command: Command, verdict: GateVerdict, codes: readonly string[]): void {
    const text = verdict.allowed ? null : verdict.suggestedQuantity;
    const passes = (lots: bigint) =>
      referenceVerdict(this.#world, { ...command, lots }, this.#nowNs).codes.length === 0;
    const isForSize = codes.length > 0 && codes.every((code) => SIZE_CODES.has(code));
    if (text === null) {
      if (!isForSize || command.lots === 1n || !passes(1n)) return;
      throw new Error('one lot passes, and nothing was suggested');
    }
    const lots = BigInt(text);
    this.suggestions += 1;
    // Shares of equity leave native numbers sooner than the reference says, so a huge order has a smaller suggestion.
    const isLargest = command.lots === HUGE || !passes(lots + 1n);
    if (isForSize && lots < command.lots && passes(lots) && isLargest) return;
    throw new Error(`${text} was suggested for ${codes.join()}, and is not the largest`);
  }

  #doom({ instrument, side, limitTicks }: Command): void {
    for (const each of this.#resting) {
      const other = each.command;
      if (other.instrument === instrument && other.side !== side) {
        const reach = this.#world.account.open.get(each.id)?.reachTicks ?? null;
        const meets =
          limitTicks === undefined ||
          reach === null ||
          (side === 0 ? limitTicks >= reach : limitTicks <= reach);
        each.isDoomed ||= meets;
      }
    }
  }

  #move(act: ToldAct, resting: Resting): void {
    if (act.act === 'amend') this.#amend(act, resting);
    if (act.act === 'answer') this.#answer(act, resting);
    if (act.act === 'cancel') this.#cancel(resting);
    if (act.act === 'fill') this.#fill(act, resting);
    if (act.act === 'doubt' && resting.asked === null && !resting.isDoubted) {
      this.#gate.inDoubt(resting.id);
      this.doubts += 1;
      resting.isDoubted = true;
    }
  }

  #amend({ lots, offset }: ToldAct, resting: Resting): void {
    const { id, command, cum, asked, isDoubted, isDoomed } = resting;
    if (asked !== null || isDoubted || isDoomed || command.reduceOnly || lots <= cum) return;
    const limitTicks =
      command.limitTicks === undefined || offset % 2 === 0
        ? command.limitTicks
        : BigInt(10_000 + offset);
    const isSamePrice = limitTicks === command.limitTicks;
    if (isSamePrice && lots === command.lots) return;
    const { account } = this.#world;
    const own = account.open.get(id);
    if (own === undefined) throw new Error('what rests must be open');
    const next = { ...command, lots, limitTicks };
    account.open.delete(id);
    const lessens = isSamePrice && lots <= command.lots;
    const form = { leaves: lots - cum, reserved: own.leaves, lessens };
    const expected = referenceVerdict(this.#world, next, this.#nowNs, form);
    account.open.set(id, own);
    const price = limitTicks === undefined ? {} : { limitPrice: priceText(limitTicks) };
    const verdict = this.#gate.amend(id, { quantity: lots, ...price });
    this.#compare('an amendment', verdict, expected.codes);
    this.amendments += 1;
    for (const code of expected.codes) this.seen.set(code, (this.seen.get(code) ?? 0) + 1);
    if (!verdict.allowed) return;
    if (expected.reducing && this.#rules.keepsApart) this.#doom(next);
    account.sent.push({ tsNs: this.#nowNs, reducing: true, intent: '' });
    account.messages.push({ tsNs: this.#nowNs, strategy: command.strategy });
    resting.asked = next;
    this.#keep(resting, 'accepted');
  }

  /** The venue puts an amendment in force or refuses it, or says that it has an order that was in doubt. */
  #answer({ place }: ToldAct, resting: Resting): void {
    if (resting.asked !== null) {
      if (place % 2 === 0) {
        this.#gate.amended(resting.id, resting.asked.lots);
        resting.command = resting.asked;
      } else {
        this.#gate.amendRejected(resting.id);
      }
      resting.asked = null;
    } else if (resting.isDoubted) {
      this.#gate.accepted(resting.id);
      resting.isDoubted = false;
    }
    this.#keep(resting, isComplete(resting) ? 'filled' : 'accepted');
  }

  #cancel(resting: Resting): void {
    const { id, command, asked, isDoomed } = resting;
    if (asked !== null) return;
    if (!isDoomed) {
      this.#gate.cancel(id);
      this.#world.account.messages.push({ tsNs: this.#nowNs, strategy: command.strategy });
    }
    this.#gate.canceled(id);
    this.#keep(resting, 'canceled');
  }

  /** Some of what rests fills at the market's price; of an order that only reduces no more than is held. */
  #fill({ lots }: ToldAct, resting: Resting): void {
    const { account } = this.#world;
    const { id, command, cum, asked } = resting;
    const ticks = account.mark(command.instrument) ?? 0n;
    const held = account.worst(command.instrument, null).lots;
    const reducible = larger(command.side === 0 ? -held : held, 0n);
    const leaves = command.lots - cum;
    const most = command.reduceOnly && reducible < leaves ? reducible : leaves;
    const filled = lots < most ? lots : most;
    // A fill past what an amendment would leave is a matter of its answer.
    if (filled <= 0n || (asked !== null && asked.lots - cum <= filled)) return;
    if (filled > 1_000n) return;
    this.#trades += 1;
    const [price, tradeId] = [priceText(ticks), this.#trades];
    this.#gate.filled({ id, tradeId, price, quantity: filled });
    this.fills += 1;
    resting.cum += filled;
    resting.isDoubted = false;
    const side = account.sideOf(id);
    if (side === undefined) throw new Error('a fill must belong to an order');
    const tsNs = this.#nowNs;
    account.book({ ...side, ticks, lots: filled, tsNs });
    account.hear([{ kind: 'fill', clientOrderId: id, tsNs } as FillNotice]);
    throttle(this.#world, command.strategy, tsNs);
    this.#keep(resting, isComplete(resting) ? 'filled' : 'partially_filled');
  }

  /** Lets the reference see an order as it stands: while an amendment is out, with the worse of both forms. */
  #keep(resting: Resting, status: OrderStatus): void {
    const { id, command, cum, asked } = resting;
    const lots = larger(command.lots, asked?.lots ?? 0n);
    const prices = [command.limitTicks, asked?.limitTicks ?? command.limitTicks];
    const [one = 0n, other = 0n] = prices;
    const reach = one === 0n || (command.side === 0) === one > other ? one : other;
    const notice = {
      kind: 'order',
      tsNs: this.#nowNs,
      clientOrderId: id,
      parent: 0,
      instrument: command.instrument,
      status,
      side: command.side === 0 ? 'buy' : 'sell',
      role: 'strategy',
      orderType: command.orderType === 0 ? 'market' : 'limit',
      lots,
      cumLots: cum,
      limitTicks: reach,
    } as OrderNotice;
    this.#world.account.hear([notice]);
    if (status === 'canceled' || status === 'filled') {
      this.#resting.splice(this.#resting.indexOf(resting), 1);
    }
  }

  /** What people and programs around the gate tell it. */
  #decide(act: ToldAct): void {
    const { place, offset, instrument, lots } = act;
    if (act.act === 'signal') this.#signal(act);
    if (act.act === 'mode') {
      const mode = MODES[place % MODES.length] ?? 'normal';
      this.#gate.resetMode(mode, 'a sequence');
      this.#rules.mode = mode;
    }
    if (act.act === 'rate') {
      this.#gate.setRate('EUR', '1');
      this.#rules.rateAtNs = this.#nowNs;
    }
    if (act.act !== 'plan' || place > 20 || !this.#hasPlans) return;
    const { equity } = this.#world.account;
    const share = { frac: BigInt(100_000 + (offset + 400) * 400) };
    const amount = { cents: 1_000_000n + lots * 5_000n };
    const plan: SharePlan = instrument === 0 ? [share, amount] : [share, share];
    const cents = instrument === 0 ? amount.cents : 0n;
    if (equity <= 0n || share.frac * 2n + (cents * PARTS) / equity >= PARTS) return;
    this.#gate.limits.planCapital(planRecord(plan));
    this.#world.capital.plan(plan, { equity, nowNs: this.#nowNs });
  }

  #signal({ place, instrument, offset, lots, strategy }: ToldAct): void {
    const { signals } = this.#world;
    const tell = this.#gate.signals;
    const kind = place % 8;
    if (kind === 0) {
      tell.halted(instrument, lots < 100n);
      if (lots < 100n) signals.halted.add(instrument);
      else signals.halted.delete(instrument);
    } else if (kind === 1) {
      signals.breakers = lots === 1n ? 1 : 0;
      tell.breaker(3, lots === 1n);
    } else if (kind < 4) {
      tell.accountConfirmed();
      signals.accountAt = this.#nowNs;
    } else if (kind < 6) {
      tell.clockMeasured(offset / 10);
      signals.clockOffsetNs = BigInt(offset) * 100_000n;
    } else if (kind === 6) {
      const name = TOLD_STRATEGIES[strategy - 1];
      tell.enabled(name);
      enable(this.#world, strategy);
    } else if (offset > 0) {
      signals.governor = (signals.governor * 9n) / 10n;
      tell.governor((Number(signals.governor) / Number(PARTS)).toFixed(6));
    }
  }
}
