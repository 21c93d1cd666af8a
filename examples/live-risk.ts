/**
 * Risk on the live path: the gate judges by correlations and VaR that it is told, and an order's risk is known before it is
 * sent. Run it with `npx tsx examples/live-risk.ts`.
 */
import { Instrument, presetLimits } from 'holdfast';
import { Engine } from 'holdfast/orders';
import { CorrelationMonitor, LivePortfolioRisk } from 'holdfast/quant';

const symbols = ['BTC', 'ETH', 'GOLD'];
const instruments = symbols.map((symbol) =>
  Instrument.create({ symbol, baseCurrency: symbol, tickSize: '0.01', lotSize: '0.01' }),
);
let nowMs = Date.UTC(2026, 0, 5);
const engine = Engine.open({
  instruments,
  account: { cash: '100000' },
  clock: () => BigInt(nowMs) * 1_000_000n,
  limits: {
    ...presetLimits('platform'),
    correlationMax: '0.7',
    correlationAgeMsMax: '90000000',
    varFracMax: '0.01',
    riskAgeMsMax: '60000',
  },
});

// Two coins that move together, and gold that does not.
const correlation = new CorrelationMonitor({ symbols, window: 60 });
for (let day = 60; day > 0; day -= 1) {
  const coins = 0.02 * Math.sin(day * 1.7);
  const noise = 0.004 * Math.cos(day * 2.9);
  correlation.onReturns(
    [coins, coins + noise, 0.006 * Math.cos(day * 4.1)],
    nowMs - day * 86_400_000,
  );
}
const deviations = [0.02, 0.025, 0.006];
const known = correlation.state();
const covariance = deviations.map((one, row) =>
  deviations.map((other, column) => one * other * (known?.correlation[row]?.[column] ?? 0)),
);
const risk = new LivePortfolioRisk({ symbols, covariance, covarianceTsMs: nowMs });
risk.onEquity(100_000);
for (const symbol of symbols) {
  engine.trade({ instrument: symbol, price: '100', quantity: '1', side: 'buy' });
  risk.onPrice(symbol, 100, nowMs);
}

/** Sends an order and fills it; the gate has been told of the risk before. */
function buy(symbol: string, quantity: number): void {
  const measure = correlation.measure();
  if (measure !== null) engine.tellRisk(measure);
  engine.tellRisk(risk.measure());
  const { before, after } = risk.whatIf({ symbol, side: 'buy', quantity }).var;
  const result = engine.submit({
    instrument: symbol,
    side: 'buy',
    quantity,
    limitPrice: '100',
    orderType: 'limit',
  });
  const told = `${symbol} ${quantity}: VaR ${before.toFixed(0)} -> ${after.toFixed(0)}`;
  if (result.verdict === 'denied') {
    console.log(
      `${told}, denied: ${result.codes.join(', ')}, at most ${result.suggestedQuantity ?? 0}`,
    );
    return;
  }
  const { clientOrderId } = result;
  engine.report({ kind: 'accepted', clientOrderId });
  engine.report({
    kind: 'fill',
    clientOrderId,
    tradeId: clientOrderId,
    lastPx: '100',
    lastQty: quantity,
  });
  nowMs += 1_000;
  risk.onPosition(symbol, quantity, nowMs);
  console.log(`${told}, approved`);
}

buy('BTC', 150);
buy('ETH', 100);
buy('GOLD', 500);
buy('GOLD', 50);
engine.close();
