import { writeFileSync } from 'node:fs';
import { sp500Session } from './sp500-session.js';
import { sp500Bars } from './sp500-bars.js';
import { renderReport } from '#ts/engine/report/html-report.js';
import { consoleTable } from '#ts/engine/report/console-table.js';
const r = sp500Session();
writeFileSync('/tmp/hf-report/r.html', renderReport(r));
const day = Date.parse('2018-04-04T00:00:00Z');
const intraday = Array.from({ length: 2000 }, (_, i) => {
  const c = 7400 + 300 * Math.sin(i / 170) + 40 * Math.sin(i / 13);
  return {
    tsMs: day + i * 86_400 - 1,
    equity: 100000 + 3000 * Math.sin(i / 300) + 200 * Math.sin(i / 9),
    cash: 50000,
    positionValue: 50000,
    grossExposure: 50000 * (i % 700 > 300 ? 1 : 0),
    closes: [c],
  };
});
const short = {
  ...r,
  instruments: [{ ...r.instruments[0]!, symbol: 'BTC-USD' }],
  benchmark: {
    symbol: 'BTC-USD',
    firstClose: String(intraday[0]!.closes[0]),
    lastClose: String(intraday[1999]!.closes[0]),
    maxDrawdown: null,
  },
  intraday,
  days: [intraday[1000]!, intraday[1999]!],
  period: { firstTsMs: day + 59_999, lastTsMs: intraday[1999]!.tsMs, bars: 2880, days: 2 },
  maxDrawdown: null,
  fills: [
    {
      tsMs: day + 40_000_000,
      instrument: 'BTC-USD',
      side: 'buy' as const,
      px: 7450.5,
      qty: 1,
      reason: 'signal',
    },
  ],
  fillCount: 1,
  denials: [],
  assumptions: [],
  imports: [],
  roundTrips: {
    ...r.roundTrips,
    listed: [],
    best: [],
    worst: [],
    totals: { ...r.roundTrips.totals, count: 0, wins: 0, losses: 0 },
  },
};
writeFileSync('/tmp/hf-report/short.html', renderReport(short));
console.log(consoleTable(short));
const bars = sp500Bars();
const evil =
  '</script><script>alert(1)</script><img src=x onerror=alert(2)> "q" & \u001b[31m' +
  'x'.repeat(90);
const multi = {
  ...r,
  strategy: { name: evil, params: { [evil]: evil } },
  instruments: ['SPX', 'LAG', evil].map((symbol) => ({ ...r.instruments[0]!, symbol })),
  days: r.days.map((d, i) => ({
    ...d,
    closes: [
      d.closes[0]!,
      i < 600 ? null : bars[i - 20]!.close * 0.7,
      bars[i]!.close * (1 + 0.1 * Math.sin(i / 50)),
    ],
    equity: d.equity - (i > 4000 ? (i - 4000) * 200 : 0),
  })),
  positions: [
    {
      instrument: 'SPX',
      side: 'long' as const,
      quantity: '12.5',
      avgPx: '2800.123456',
      markPx: '2874.56',
      notional: '35932',
      unrealizedPnl: '930.4568',
    },
    {
      instrument: evil,
      side: 'short' as const,
      quantity: '60',
      avgPx: '2800',
      markPx: '2874.56',
      notional: '172473.6',
      unrealizedPnl: '-4473.6',
    },
  ],
  limits: { ...r.limits, positionFracMax: 0.15, pairCorrelationMax: 0.7 },
  breakers: { drawdown: true, dailyLoss: false },
};
writeFileSync('/tmp/hf-report/multi.html', renderReport(multi));
console.log(consoleTable(multi).slice(0, 900));
const none = {
  ...short,
  instruments: [{ ...r.instruments[0]! }],
  days: [],
  intraday: [],
  fills: [],
  fillCount: 0,
  period: { firstTsMs: day, lastTsMs: day, bars: 0, days: 0 },
};
writeFileSync('/tmp/hf-report/none.html', renderReport(none));
