/**
 * The demo session once more, from its stated rules alone: nothing here comes from Holdfast, so that
 * an agreement of both proves the figures. Money is a bigint count of 10⁻¹⁸ dollars, prices are cents.
 */

interface Day {
  readonly date: string;
  readonly open: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
}

interface WaitingOrder {
  readonly side: 'buy' | 'sell';
  readonly reason: 'signal' | 'stop_loss';
  /** Cents at which a stop sells, and cents for the stop that a purchase brings along. */
  readonly trigger: bigint | null;
  readonly stopLoss: bigint | null;
  leaves: bigint;
  isTriggered: boolean;
}

export interface PlainFill {
  readonly date: string;
  readonly side: 'buy' | 'sell';
  readonly reason: 'signal' | 'stop_loss';
  readonly cents: bigint;
  readonly shares: bigint;
  readonly fee: bigint;
  readonly slippage: bigint;
  readonly realized: bigint;
}

export interface PlainRow {
  readonly date: string;
  readonly equity: bigint;
  readonly cash: bigint;
  readonly positionValue: bigint;
  readonly realized: bigint;
  readonly fees: bigint;
  readonly closeCents: bigint;
}

const DOLLAR = 10n ** 18n;
const CENT = DOLLAR / 100n;
const FAST = 50;
const SLOW = 200;
const VOL_RETURNS = 60;

/** Reads the file: the columns by their names, prices rounded to the nearest cent. */
function readDays(csv: string): readonly Day[] {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const cents = (name: string) => {
      const [whole = '', fraction = ''] = cell(name).split('.');
      return (BigInt(whole + fraction.padEnd(6, '0').slice(0, 6)) + 5_000n) / 10_000n;
    };
    const [open, low, close] = [cents('open'), cents('low'), cents('close')];
    return { date: cell('date'), open, low, close, volume: BigInt(cell('volume')) };
  });
}

/** Divides to the nearest, ties to the even neighbour; for positive numbers. */
function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** Largest whole number of hundredths or ones in a float, read through its shortest decimal form. */
const floored = (value: number, decimals: number) => Math.floor(Number(`${value}e${decimals}`));

class Account {
  cash = 100_000n * DOLLAR;
  fees = 0n;
  realized = 0n;
  shares = 0n;
  orders: WaitingOrder[] = [];
  readonly fills: PlainFill[] = [];
  /** Cost of the shares since the last purchase, and how many those were. */
  #poolCost = 0n;
  #poolShares = 0n;

  /** Lets the day's bar meet what waits: the open first, then the stops inside the bar. */
  meet(day: Day): void {
    let capacity = day.volume / 10n;
    const take = (order: WaitingOrder, cents: bigint) => {
      if (order.trigger !== null) order.isTriggered = true;
      const bound = order.reason === 'stop_loss' && this.shares < capacity ? this.shares : capacity;
      const shares = order.leaves < bound ? order.leaves : bound;
      if (shares === 0n) return;
      capacity -= shares;
      this.#fill(day.date, order, cents, shares);
    };
    for (const order of [...this.orders]) {
      const isJumped = order.trigger !== null && day.open <= order.trigger;
      if (order.trigger === null || order.isTriggered || isJumped) take(order, day.open);
    }
    for (const order of [...this.orders]) {
      if (order.trigger === null || order.isTriggered || day.low > order.trigger) continue;
      take(order, order.trigger < day.open ? order.trigger : day.open);
    }
  }

  #fill(date: string, order: WaitingOrder, reference: bigint, shares: bigint): void {
    const slip = (reference + 9_999n) / 10_000n;
    const cents = order.side === 'buy' ? reference + slip : reference - slip;
    const value = cents * shares * CENT;
    const fee = value / 10_000n;
    const before = this.realized;
    this.cash += (order.side === 'buy' ? -value : value) - fee;
    this.fees += fee;
    if (order.side === 'buy') this.#open(shares, value);
    else this.#reduce(shares, value);
    order.leaves -= shares;
    this.orders = this.orders.filter(({ leaves }) => leaves > 0n);
    if (order.stopLoss !== null) this.#protect(shares, order.stopLoss);
    if (this.shares === 0n) this.orders = this.orders.filter(({ reason }) => reason === 'signal');
    const realized = this.realized - before;
    const slippage = slip * shares * CENT;
    const { side, reason } = order;
    this.fills.push({ date, side, reason, cents, shares, fee, slippage, realized });
  }

  #protect(leaves: bigint, trigger: bigint): void {
    const stop = { side: 'sell', reason: 'stop_loss', stopLoss: null, isTriggered: false } as const;
    this.orders.push({ ...stop, trigger, leaves });
  }

  #costOf(shares: bigint): bigint {
    return this.#poolShares === 0n ? 0n : divideToEven(this.#poolCost * shares, this.#poolShares);
  }

  #open(shares: bigint, value: bigint): void {
    this.#poolCost = this.#costOf(this.shares) + value;
    this.#poolShares = this.shares + shares;
    this.shares += shares;
  }

  #reduce(shares: bigint, value: bigint): void {
    if (shares > this.shares) throw new Error('this account cannot go short');
    this.realized += value - (this.#costOf(this.shares) - this.#costOf(this.shares - shares));
    this.shares -= shares;
    if (this.shares === 0n) [this.#poolCost, this.#poolShares] = [0n, 0n];
  }
}

/** What the strategy wants at the close of the last of these days: a change of shares. */
function wantedChange(closes: readonly bigint[], equity: number, held: number): number {
  const sum = (count: number) => closes.slice(-count).reduce((total, close) => total + close, 0n);
  if (sum(FAST) * BigInt(SLOW) <= sum(SLOW) * BigInt(FAST)) return -held;
  const last = closes.slice(-VOL_RETURNS - 1).map((close) => Number(close) / 100);
  const returns = last.slice(1).map((close, index) => Math.log(close / (last[index] ?? 0)));
  const mean = returns.reduce((total, value) => total + value, 0) / VOL_RETURNS;
  const squares = returns.reduce((total, value) => total + (value - mean) ** 2, 0);
  const volAnn = Math.sqrt(squares / (VOL_RETURNS - 1)) * Math.sqrt(252);
  const target = (Math.min(0.12 / volAnn, 0.95) * equity) / (last.at(-1) ?? 0);
  if (held > 0 && Math.abs(target - held) < 0.2 * held) return 0;
  return Math.sign(target - held) * floored(Math.abs(target - held), 0);
}

/** Plays the demo over the text of its data file. */
export function plainTrendFollowing(csv: string): {
  readonly rows: readonly PlainRow[];
  readonly fills: readonly PlainFill[];
} {
  const account = new Account();
  const rows: PlainRow[] = [];
  const closes: bigint[] = [];
  for (const day of readDays(csv)) {
    account.meet(day);
    closes.push(day.close);
    const positionValue = account.shares * day.close * CENT;
    const { cash, fees, realized } = account;
    const equity = cash + positionValue;
    rows.push({
      date: day.date,
      equity,
      cash,
      positionValue,
      realized,
      fees,
      closeCents: day.close,
    });
    if (closes.length < SLOW) continue;
    const change = wantedChange(closes, Number(`${equity}e-18`), Number(account.shares));
    if (change === 0) continue;
    const stopCents = BigInt(floored((Number(day.close) / 100) * (1 - 0.08), 2));
    const order = { reason: 'signal', trigger: null, isTriggered: false } as const;
    const leaves = BigInt(Math.abs(change));
    if (change > 0) account.orders.push({ ...order, side: 'buy', stopLoss: stopCents, leaves });
    else account.orders.push({ ...order, side: 'sell', stopLoss: null, leaves });
  }
  return { rows, fills: account.fills };
}
