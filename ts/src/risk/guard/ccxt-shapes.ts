/** What is read of the answers of an exchange client; everything else of them is left alone. */
export interface VenueFee {
  readonly cost: number;
  readonly currency: string | undefined;
}

export interface VenueTrade {
  readonly id: string;
  readonly order: string;
  readonly symbol: string | undefined;
  readonly price: number;
  readonly amount: number;
  readonly isMaker: boolean;
  readonly fee: VenueFee | undefined;
}

export interface VenueOrder {
  readonly id: string | undefined;
  readonly clientOrderId: string | undefined;
  readonly symbol: string | undefined;
  readonly status: string | undefined;
  readonly amount: number | undefined;
  readonly filled: number | undefined;
  readonly average: number | undefined;
  readonly fee: VenueFee | undefined;
  readonly trades: readonly VenueTrade[];
}

export interface VenueTop {
  readonly symbol: string | undefined;
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  readonly last: number | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function feeOf(fields: Fields): VenueFee | undefined {
  const { fee } = fields;
  if (!isFields(fee)) return undefined;
  const cost = finite(fee['cost']);
  return cost === undefined ? undefined : { cost, currency: text(fee['currency']) };
}

/** Reads a trade; undefined for what names no order, price or quantity. */
export function tradeOf(value: unknown): VenueTrade | undefined {
  if (!isFields(value)) return undefined;
  const [id, order] = [text(value['id']), text(value['order'])];
  const [price, amount] = [finite(value['price']), finite(value['amount'])];
  if (id === undefined || order === undefined || price === undefined) return undefined;
  if (amount === undefined || amount <= 0) return undefined;
  return {
    id,
    order,
    symbol: text(value['symbol']),
    price,
    amount,
    isMaker: value['takerOrMaker'] === 'maker',
    fee: feeOf(value),
  };
}

/** Reads an order; undefined for what is none. */
export function orderOf(value: unknown): VenueOrder | undefined {
  if (!isFields(value)) return undefined;
  const [id, clientOrderId] = [text(value['id']), text(value['clientOrderId'])];
  if (id === undefined && clientOrderId === undefined) return undefined;
  const trades = Array.isArray(value['trades']) ? value['trades'] : [];
  return {
    id,
    clientOrderId,
    symbol: text(value['symbol']),
    status: text(value['status']),
    amount: finite(value['amount']),
    filled: finite(value['filled']),
    average: finite(value['average']) ?? finite(value['price']),
    fee: feeOf(value),
    // A trade within an order may leave the order out.
    trades: trades
      .map((trade) => tradeOf(isFields(trade) ? { order: id, ...trade } : undefined))
      .filter((trade) => trade !== undefined),
  };
}

/** Reads a ticker. */
export function tickerOf(value: unknown): VenueTop | undefined {
  if (!isFields(value)) return undefined;
  return {
    symbol: text(value['symbol']),
    bid: finite(value['bid']),
    ask: finite(value['ask']),
    last: finite(value['last']),
  };
}

/** Reads the top of an order book. */
export function bookTopOf(value: unknown): VenueTop | undefined {
  if (!isFields(value)) return undefined;
  const best = (side: unknown) => {
    const level: unknown = Array.isArray(side) ? side[0] : undefined;
    return Array.isArray(level) ? finite(level[0]) : undefined;
  };
  return {
    symbol: text(value['symbol']),
    bid: best(value['bids']),
    ask: best(value['asks']),
    last: undefined,
  };
}

/** Reads what is held of each currency. */
export function totalsOf(value: unknown): ReadonlyMap<string, number> {
  const total = isFields(value) && isFields(value['total']) ? value['total'] : {};
  const entries = Object.entries(total).map(
    ([currency, held]) => [currency, finite(held)] as const,
  );
  return new Map(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}
