import type { ControlCode } from '#ts/core/controls.generated.js';
import type { TradingMode } from '#ts/core/vocabulary.generated.js';
import type { Command } from '#ts/native/command-memory.js';
import type { LimitsOptions } from '#ts/risk/limits.js';
import type { ReferenceAccount } from './reference-account.js';
import { AMOUNT_MAX, CENT, ReferenceLimits } from './reference-limits.js';

/** What instruments, account and people ask of an order besides the limits, said again slowly; money is in cents. */

const PARTS = 1_000_000n;

export interface InstrumentRules {
  readonly minLots?: bigint;
  readonly maxLots?: bigint;
  readonly minNotionalCents?: bigint;
  readonly maxNotionalCents?: bigint;
  /** The venue's band around the reference price, in millionths. */
  readonly percentPrice?: bigint;
  /** Initial margin of a contract that is not paid in full, in millionths of its notional. */
  readonly initialFrac?: bigint;
  /** Whether it is paid in a second currency, of which one unit costs one of the account's. */
  readonly isForeign?: boolean;
}

export interface ReferenceRules {
  readonly instruments: readonly InstrumentRules[];
  /** Room for open orders. */
  readonly ordersMax: number;
  /** Whether an order that could match own ones is denied. */
  readonly keepsApart: boolean;
  /** Sessions in which orders may open anything; null for always. */
  readonly sessions: readonly (readonly [bigint, bigint])[] | null;
  readonly rateAgeNs: bigint;
  mode: TradingMode;
  /** When the rate of the second currency was told last. */
  rateAtNs: bigint | null;
}

interface RulesWorld {
  readonly limits: LimitsOptions;
  readonly account: ReferenceAccount;
  readonly rules: ReferenceRules;
}

export interface RuledOrder {
  /** With the quantity that may fill. */
  readonly command: Command;
  /** The whole quantity. */
  readonly whole: bigint;
  readonly reducing: boolean;
  /** Of an amendment: it only takes quantity away. */
  readonly lessens: boolean;
  /** What an order that is amended has reserved: the account is seen without it. */
  readonly reserved: bigint;
  readonly nowNs: bigint;
}

const larger = (one: bigint, other: bigint) => (one > other ? one : other);
const abs = (value: bigint) => (value < 0n ? -value : value);

/** What the rules say of any order, whether it opens anything or not. */
export function ruleCodes({ account, rules }: RulesWorld, order: RuledOrder): ControlCode[] {
  const { command, whole: lots, reducing, lessens } = order;
  const { instrument, limitTicks } = command;
  const { maxLots, percentPrice } = rules.instruments[instrument] ?? {};
  const codes: ControlCode[] = [];
  const deny = (code: ControlCode, isDenied: boolean) => {
    if (isDenied) codes.push(code);
  };
  const stopped = rules.mode === 'reduced' ? !reducing : rules.mode !== 'normal';
  deny('TRADING_MODE_DENIED', stopped && !lessens);
  deny('QTY_ABOVE_MAX', maxLots !== undefined && lots > maxLots);
  deny('ORDER_CAPACITY_EXHAUSTED', account.open.size >= rules.ordersMax);
  const mark = account.mark(instrument);
  const isBanded = percentPrice !== undefined && limitTicks !== undefined && mark !== undefined;
  if (isBanded && !lessens) {
    deny('PERCENT_PRICE_EXCEEDED', abs(limitTicks - mark) * PARTS > mark * percentPrice);
  }
  deny('SELF_TRADE', rules.keepsApart && !reducing && meetsOwn(account, command));
  return codes;
}

/** What the rules say of an order that may open something. */
export function openingRuleCodes(world: RulesWorld, order: RuledOrder): ControlCode[] {
  const { account, rules } = world;
  const lots = order.whole;
  const { instrument, limitTicks } = order.command;
  const { minLots, minNotionalCents, maxNotionalCents, isForeign } =
    rules.instruments[instrument] ?? {};
  const codes: ControlCode[] = [];
  const deny = (code: ControlCode, isDenied: boolean) => {
    if (isDenied) codes.push(code);
  };
  deny('QTY_BELOW_MIN', minLots !== undefined && lots < minLots);
  const isOpen = ([from, until]: readonly [bigint, bigint]) =>
    from <= order.nowNs && order.nowNs < until;
  deny('OUTSIDE_TRADING_HOURS', rules.sessions !== null && !rules.sessions.some(isOpen));
  if (isForeign === true || holdsForeign(world)) {
    const at = rules.rateAtNs;
    deny('RATE_STALE', at === null || order.nowNs - at > rules.rateAgeNs);
  }
  const mark = account.mark(instrument);
  const price = limitTicks ?? mark;
  if (price !== undefined && mark !== undefined) {
    const notional = lots * price;
    // What has more digits than money is no matter of these rules.
    if (notional * CENT > AMOUNT_MAX) return codes;
    deny('NOTIONAL_BELOW_MIN', minNotionalCents !== undefined && notional < minNotionalCents);
    deny('NOTIONAL_ABOVE_MAX', maxNotionalCents !== undefined && notional > maxNotionalCents);
  }
  deny('MARGIN_INSUFFICIENT', isShortOfMargin(world, order));
  return codes;
}

/** Whether something of the second currency is held, owed or being bought. */
function holdsForeign({ account, rules }: RulesWorld): boolean {
  return account.holdings.some(({ lots, spent }, index) => {
    if (rules.instruments[index]?.isForeign !== true) return false;
    return lots !== 0n || spent !== 0n || account.worst(index, null).buys !== 0n;
  });
}

function meetsOwn(account: ReferenceAccount, { instrument, side, limitTicks }: Command): boolean {
  const isBuy = side === 0;
  return [...account.open.values()].some((order) => {
    if (order.instrument !== instrument || order.isBuy === isBuy) return false;
    const reach = order.reachTicks;
    if (limitTicks === undefined || reach === null) return true;
    return isBuy ? limitTicks >= reach : limitTicks <= reach;
  });
}

/** Whether the initial margin that the order adds is more than what is left for it. */
function isShortOfMargin(
  { account, rules, limits }: RulesWorld,
  { command, reserved }: RuledOrder,
): boolean {
  const { instrument, side, lots, limitTicks } = command;
  const frac = rules.instruments[instrument]?.initialFrac;
  const mark = account.mark(instrument);
  if (frac === undefined || mark === undefined) return false;
  const dearer = larger(mark, limitTicks ?? mark);
  const isBuy = side === 0;
  const bound = (index: number) => {
    const own = index === instrument ? { isBuy, lots: reserved } : null;
    const each = rules.instruments[index]?.initialFrac ?? 0n;
    return account.worst(index, own).largest * (account.mark(index) ?? 0n) * each;
  };
  const before = bound(instrument);
  const after = account.worst(instrument, { isBuy, lots }).largest * dearer * frac;
  const added = larger(after - before, 0n);
  // Own money with what positions have brought, less what short spot positions owe and what margins bind.
  const free = account.holdings.reduce((sum, holding, index) => {
    const each = rules.instruments[index] ?? {};
    const value = holding.lots * (account.mark(index) ?? 0n);
    if (each.isForeign === true) return sum;
    if (each.initialFrac === undefined) {
      return sum + (value < 0n ? value : 0n) * PARTS - holding.spent * PARTS;
    }
    return sum + (value - holding.spent) * PARTS - bound(index);
  }, account.startCents * PARTS);
  const cover = new ReferenceLimits(limits).millionths('marginCoverFracMin') ?? PARTS;
  return larger(free, 0n) * PARTS < added * cover;
}
