import { DrawdownTracker } from '#ts/quant/drawdown.js';
import type { EquityPoint, SessionResult } from '#ts/engine/session-result.js';
import { sp500Bars, type DailyBar } from './sp500-bars.js';
import { TrendAccount } from './trend-account.js';

const SYMBOL = 'SPX';
const START_CASH = 100_000;
const TREND_DAYS = 150;
const VOLATILITY_DAYS = 40;
const VOLATILITY_TARGET = 0.14;
const WEIGHT_MAX = 1.5;
const REBALANCE_STEP = 0.15;
const STOP_FRAC = 0.035;

/**
 * Runs a moving-average rule with a volatility target over real S&P 500 bars in plain floats and
 * returns what a session would report. A support for tests of the report: the engine has its own
 * accounting.
 */
export function sp500Session(bars: readonly DailyBar[] = sp500Bars()): SessionResult {
  const account = new TrendAccount(SYMBOL, START_CASH);
  const equityFall = new DrawdownTracker();
  const benchmarkFall = new DrawdownTracker();
  const days: EquityPoint[] = [];
  let target = 0;
  let stopPx: number | null = null;
  let barsInMarket = 0;
  let grossFracs = 0;
  bars.forEach((bar, index) => {
    const equityAtOpen = account.cash + account.quantity * bar.open;
    const wanted = Math.floor(((target * equityAtOpen) / bar.open) * 100) / 100;
    const drift = Math.abs(wanted - account.quantity) * bar.open;
    const filled = { tsMs: bar.tsMs - 8 * 3_600_000, bar: index, reason: 'signal' as const };
    if ((target === 0 && account.quantity > 0) || drift > REBALANCE_STEP * equityAtOpen) {
      if (account.quantity === 0) stopPx = bar.open * (1 - STOP_FRAC);
      const change = Math.round((wanted - account.quantity) * 100) / 100;
      account.trade({ ...filled, px: bar.open, change });
    }
    if (stopPx !== null && account.quantity > 0 && bar.low <= stopPx) {
      const px = Math.min(bar.open, stopPx);
      account.trade({ ...filled, px, change: -account.quantity, reason: 'stop_loss' });
    }
    if (account.quantity > 0) barsInMarket += 1;
    const gross = account.quantity * bar.close;
    const equity = account.cash + gross;
    grossFracs += gross / equity;
    equityFall.observe(bar.tsMs, equity);
    benchmarkFall.observe(bar.tsMs, bar.close);
    days.push({
      tsMs: bar.tsMs,
      equity,
      cash: account.cash,
      positionValue: gross,
      grossExposure: gross,
      closes: [bar.close],
    });
    target = trendWeight(bars, index);
  });
  return {
    ...sp500Frame(bars, account),
    maxDrawdown: equityFall.worst,
    benchmark: {
      symbol: SYMBOL,
      firstClose: (bars[0]?.close ?? 0).toFixed(2),
      lastClose: (bars[bars.length - 1]?.close ?? 0).toFixed(2),
      maxDrawdown: benchmarkFall.worst,
    },
    exposure: { barsInMarket, meanGrossFrac: bars.length === 0 ? 0 : grossFracs / bars.length },
    days,
    roundTrips: account.trips.record(),
    fills: account.marks,
    fillCount: account.marks.length,
  };
}

function trendWeight(bars: readonly DailyBar[], index: number): number {
  if (index < TREND_DAYS) return 0;
  const closes = bars.slice(index - TREND_DAYS + 1, index + 1).map((bar) => bar.close);
  const average = closes.reduce((sum, close) => sum + close, 0) / closes.length;
  if ((closes[closes.length - 1] ?? 0) <= average) return 0;
  const recent = closes.slice(-VOLATILITY_DAYS - 1);
  const squares = recent
    .slice(1)
    .reduce((sum, close, before) => sum + Math.log(close / (recent[before] ?? close)) ** 2, 0);
  const volatility = Math.sqrt((squares / VOLATILITY_DAYS) * 252);
  return Math.min(WEIGHT_MAX, VOLATILITY_TARGET / volatility);
}

type FrameKeys =
  'maxDrawdown' | 'benchmark' | 'exposure' | 'days' | 'roundTrips' | 'fills' | 'fillCount';

function sp500Frame(
  bars: readonly DailyBar[],
  account: TrendAccount,
): Omit<SessionResult, FrameKeys> {
  const last = bars[bars.length - 1];
  const close = last?.close ?? 0;
  const value = account.quantity * close;
  const unrealized = account.quantity * (close - account.averagePx);
  return {
    sessionId: 'c0ffee5e55101234',
    mode: 'backtest',
    strategy: {
      name: 'Trend following, volatility targeted',
      params: { trend_days: TREND_DAYS, vol_target_ann: VOLATILITY_TARGET, stop_frac: STOP_FRAC },
    },
    currency: 'USD',
    instruments: [{ symbol: SYMBOL, tickSize: '0.01', lotSize: '0.01', contractMultiplier: '1' }],
    period: {
      firstTsMs: bars[0]?.tsMs ?? 0,
      lastTsMs: last?.tsMs ?? 0,
      bars: bars.length,
      days: bars.length,
    },
    startCash: START_CASH.toFixed(0),
    finalEquity: (account.cash + value).toFixed(2),
    cash: account.cash.toFixed(2),
    realizedPnl: (account.realized - account.fees).toFixed(2),
    unrealizedPnl: unrealized.toFixed(2),
    fees: account.fees.toFixed(2),
    funding: '0',
    slippage: account.slippage.toFixed(2),
    turnoverNotional: account.turnover.toFixed(2),
    intraday: [],
    orders: {
      submitted: account.marks.length + 2,
      accepted: account.marks.length + 2,
      denied: 19,
      filled: account.marks.length,
      partiallyFilled: 0,
      canceled: 2,
      expired: 0,
      rejected: 0,
      strategySent: account.marks.length + 2,
      strategyFilled: account.marks.length,
    },
    denials: SAMPLE_DENIALS,
    busiestDay: { tsMs: Date.parse('2011-08-04T23:59:59.999Z'), trades: 2 },
    breakers: { drawdown: false, dailyLoss: false },
    positions:
      account.quantity === 0
        ? []
        : [
            {
              instrument: SYMBOL,
              side: 'long',
              quantity: account.quantity.toFixed(2),
              avgPx: account.averagePx.toFixed(6),
              markPx: close.toFixed(2),
              notional: value.toFixed(2),
              unrealizedPnl: unrealized.toFixed(2),
            },
          ],
    limits: SAMPLE_LIMITS,
    assumptions: SAMPLE_ASSUMPTIONS,
    imports: [
      {
        file: 'sp500-2000.csv',
        rows: bars.length,
        bars: bars.length,
        skipped: 0,
        rounded: 11_842,
        roundedMax: '0.000031',
        contentHash: '9b5f6d0c7a2e41f3885b07c19de2a4460f51b3c8d9e7a6250c4f18bb73d9e012',
      },
    ],
    seed: 42,
    configHash: '5d41402abc4b2a76b9719d911017c5921f0e3a68cc52e1d7704b9f6a8e3c2d10',
    dataHash: '7d793037a0760186574b0282f2f435e7bf1a2c9900d4e5f6a7b8c9d0e1f2a3b4',
    stateHash: '1b6453892473a467d07372d45eb05abc2031647ad0c5e9f81234567890abcdef',
    journal: {
      records: 26_481,
      head: 'a87ff679a2f3e71d9181a67b7542122c3e4f5a6b7c8d9e0f1a2b3c4d5e6f7081',
    },
    versions: { holdfast: '0.1.0', journal: '1' },
  };
}

const SAMPLE_DENIALS: SessionResult['denials'] = [
  {
    code: 'GROSS_EXPOSURE_EXCEEDED',
    count: 14,
    firstTsMs: Date.parse('2004-02-17T23:59:59.999Z'),
    lastTsMs: Date.parse('2017-11-30T23:59:59.999Z'),
    worstObserved: '1.5312',
    limit: '1.5',
  },
  {
    code: 'DAILY_LOSS_EXCEEDED',
    count: 5,
    firstTsMs: Date.parse('2008-01-22T23:59:59.999Z'),
    lastTsMs: Date.parse('2018-02-06T23:59:59.999Z'),
    worstObserved: '0.0527',
    limit: '0.05',
  },
];

const SAMPLE_LIMITS: SessionResult['limits'] = {
  preset: 'lightning',
  fingerprint: '3c59dc048e8850243be8079a5c74d079',
  values: {
    max_daily_loss_frac: 0.05,
    max_daily_trades: 20,
    max_drawdown_frac: 0.35,
    max_gross_exposure_frac: 1.5,
    max_order_notional: 'unlimited',
    max_orders_per_minute: 10,
    max_position_frac: 1.5,
    stop_loss_required: true,
  },
  dailyTradesMax: 20,
  positionFracMax: 1.5,
  grossExposureFracMax: 1.5,
  pairCorrelationMax: 0.7,
};

const SAMPLE_ASSUMPTIONS: SessionResult['assumptions'] = [
  {
    name: 'Market orders',
    value: 'next open',
    note: 'filled at the open of the bar after the decision',
  },
  { name: 'Slippage', value: '3 bps', note: 'added to every market fill, against the order' },
  { name: 'Fees', value: '2 bps', note: 'of the notional of every fill' },
  {
    name: 'Stops',
    value: 'pessimistic path',
    note: 'a stop in the bar fills before a target in it; a gap fills at the open',
  },
  {
    name: 'Participation',
    value: 'unlimited',
    note: 'the index is no tradable volume; fills are whole',
  },
  {
    name: 'Rounded prices',
    value: '11,842 values',
    note: 'rounded to the tick as the data description asks; largest change 0.000031',
  },
  {
    name: 'Dividends',
    value: 'not included',
    note: 'the file holds the price index for both curves',
  },
];
