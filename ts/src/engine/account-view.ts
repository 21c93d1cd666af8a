import { Amount } from '../core/amount.js';
import type { AccountSnapshot, CurrencySnapshot, LegSnapshot } from '../native/native-session.js';
import type { AccountView, CurrencyView, LegView } from '../strategies/account-view.js';

/** Makes the strategy's view of what the native core tells in text. */
export function accountView(snapshot: AccountSnapshot): AccountView {
  const amount = (text: string) => Amount.parse(text, snapshot.currency);
  return {
    currency: snapshot.currency,
    positionMode: snapshot.position_mode,
    equity: amount(snapshot.equity),
    interest: amount(snapshot.interest),
    marginUsed: amount(snapshot.initial_margin),
    maintenanceMargin: amount(snapshot.maintenance_margin),
    available: amount(snapshot.available),
    currencies: snapshot.currencies.map(currencyView),
    positions: snapshot.positions.map(legView),
    buyingPower: Object.fromEntries(
      snapshot.buying_power.map((each) => [
        each.symbol,
        Amount.parse(each.buying_power, each.currency),
      ]),
    ),
  };
}

function currencyView(snapshot: CurrencySnapshot): CurrencyView {
  const amount = (text: string) => Amount.parse(text, snapshot.currency);
  const { rate_age_ns: ageNs, margin_ratio: ratio } = snapshot;
  return {
    currency: snapshot.currency,
    rate: snapshot.rate,
    rateAgeMs: ageNs === null ? null : Number(BigInt(ageNs) / 1_000_000n),
    cash: amount(snapshot.cash),
    equity: amount(snapshot.equity),
    fees: amount(snapshot.fees),
    funding: amount(snapshot.funding),
    interest: amount(snapshot.interest),
    marginUsed: amount(snapshot.initial_margin),
    maintenanceMargin: amount(snapshot.maintenance_margin),
    available: amount(snapshot.available),
    marginRatioFrac: ratio === null ? null : Number(ratio),
  };
}

function legView(snapshot: LegSnapshot): LegView {
  const amount = (text: string) => Amount.parse(text, snapshot.currency);
  return {
    symbol: snapshot.symbol,
    kind: snapshot.kind,
    side: snapshot.side,
    quantity: snapshot.quantity,
    avgPx: snapshot.avg_px,
    openCost: amount(snapshot.open_cost),
    realizedPnl: amount(snapshot.realized),
    unrealizedPnl: amount(snapshot.unrealized),
    marginUsed: amount(snapshot.initial_margin),
    maintenanceMargin: amount(snapshot.maintenance_margin),
    liquidationAtOrBelow: snapshot.liquidation_at_or_below,
    liquidationAtOrAbove: snapshot.liquidation_at_or_above,
  };
}
