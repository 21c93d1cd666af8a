//! Sums over instruments that the gate's wider controls look at, kept in O(1) a change of one instrument.

use crate::engine::{Engine, InstrumentState};
use crate::wallet::{CurrencyId, exchange};
use holdfast_core::{
    Amount, InstrumentId, InstrumentSpec, OrderIntent, Quantity, Result, Rounding, Side,
};
use holdfast_risk::{Around, WorstCase};

/// The sums, in the account's currency.
#[derive(Debug, Default)]
pub(crate) struct ExposureTotals {
    /// Signed exposures with all open buys, and with all open sells, filled.
    pub(crate) long: Amount,
    pub(crate) short: Amount,
    /// What VaR and CVaR could be beyond what was measured.
    pub(crate) added: [Amount; 2],
    /// Worst exposure by base currency, and by group of the limits from 1.
    pub(crate) by_asset: Vec<Amount>,
    pub(crate) by_group: Vec<Amount>,
}

/// What one instrument adds to the sums.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    pub(crate) long: Amount,
    pub(crate) short: Amount,
    pub(crate) worst: Amount,
    pub(crate) added: [Amount; 2],
    /// Place of its base currency, and its group from 1; 0 is none.
    pub(crate) asset: usize,
    pub(crate) group: usize,
}

impl ExposureTotals {
    /// Makes sums for so many assets and groups.
    pub(crate) fn new(assets: usize, groups: usize) -> Self {
        Self {
            by_asset: vec![Amount::ZERO; assets],
            by_group: vec![Amount::ZERO; groups + 1],
            ..Self::default()
        }
    }

    /// Exchanges the part of one instrument.
    pub(crate) fn exchange(&mut self, old: &Part, new: &Part) -> Result<()> {
        exchange(&mut self.long, old.long, new.long)?;
        exchange(&mut self.short, old.short, new.short)?;
        for (sum, (old, new)) in self.added.iter_mut().zip(old.added.into_iter().zip(new.added)) {
            exchange(sum, old, new)?;
        }
        if old.worst == new.worst {
            return Ok(());
        }
        if let Some(sum) = self.by_asset.get_mut(new.asset) {
            exchange(sum, old.worst, new.worst)?;
        }
        match self.by_group.get_mut(new.group) {
            Some(sum) if new.group > 0 => exchange(sum, old.worst, new.worst),
            _ => Ok(()),
        }
    }
}

/// Returns the place of each instrument's base currency, and how many there are.
pub(crate) fn assets(specs: &[InstrumentSpec]) -> (Vec<usize>, usize) {
    let mut known: Vec<&str> = Vec::new();
    let mut places = Vec::with_capacity(specs.len());
    for spec in specs {
        let place = known.iter().position(|each| *each == spec.base_currency);
        places.push(place.unwrap_or(known.len()));
        if place.is_none() {
            known.push(&spec.base_currency);
        }
    }
    (places, known.len())
}

impl Engine {
    /// Returns what the gate sees of the account around an order; `own` is what an amended order has reserved.
    #[inline(always)]
    pub(crate) fn around(
        &self,
        state: &InstrumentState,
        intent: &OrderIntent,
        own: Quantity,
        messages_ahead: u32,
    ) -> Result<Around> {
        let uncovered_ns = self.uncovered_ns(intent.instrument);
        let capital = self.capital_view(state, intent, own)?;
        if !self.watches_totals {
            return Ok(Around { uncovered_ns, messages_ahead, capital, ..Around::default() });
        }
        let (totals, part) = (&self.totals_of_exposure, &state.part);
        let by_asset = totals.by_asset.get(part.asset).copied().unwrap_or_default();
        let by_group = match part.group {
            0 => part.worst,
            group => totals.by_group.get(group).copied().unwrap_or_default(),
        };
        let cash = match (state.instrument.margin(), state.mark) {
            (None, Some((mark, _))) => {
                let wallet = self.wallets.get(state.currency)?;
                let own = if intent.side == Side::Buy && !intent.reduce_only {
                    state.instrument.settlement_notional(mark, own)?
                } else {
                    Amount::ZERO
                };
                Some((wallet.account.cash, wallet.sums.buys.minus(own)?))
            }
            _ => None,
        };
        Ok(Around {
            others_long: self.told_in(state, totals.long.minus(part.long)?)?,
            others_short: self.told_in(state, totals.short.minus(part.short)?)?,
            others_of_asset: self.told_in(state, by_asset.minus(part.worst)?)?,
            others_of_group: self.told_in(state, by_group.minus(part.worst)?)?,
            cash,
            uncovered_ns,
            messages_ahead,
            capital,
        })
    }

    /// Converts an exposure into an instrument's settlement currency, away from zero. Without a rate equity is zero, so that
    /// every limit relative to it refuses.
    #[inline]
    fn told_in(&self, state: &InstrumentState, amount: Amount) -> Result<Amount> {
        if state.currency == CurrencyId::default() {
            return Ok(amount);
        }
        let away = if amount.raw() < 0 { Rounding::Floor } else { Rounding::Ceil };
        match self.wallets.get(state.currency)?.rate {
            None => Ok(Amount::ZERO),
            Some((rate, _)) => rate.convert_back(amount, away),
        }
    }

    /// Puts every instrument into its group of the limits in force and adds the sums up anew. Nothing is kept while no limit
    /// asks for it.
    pub(crate) fn watch_totals(&mut self) -> Result<()> {
        let table = self.gate.table();
        self.watches_totals = table.all().any(|limits| {
            limits.net_exposure.is_some()
                || limits.asset_exposure.is_some()
                || limits.group_exposure.is_some()
                || limits.buying_power.is_some()
                || limits.bounds_risk()
        });
        let assets = self.totals_of_exposure.by_asset.len();
        self.totals_of_exposure = ExposureTotals::new(assets, table.groups());
        for index in 0..self.instruments.len() {
            let id = InstrumentId(index as u32);
            let group = self.gate.table().group(id);
            let state = self.state_mut(id)?;
            state.part = Part { asset: state.part.asset, group, ..Part::default() };
            self.refresh(id)?;
        }
        self.add_risk_anew()
    }
}

impl InstrumentState {
    /// Returns the signed exposures with all open buys, and with all open sells, filled.
    pub(crate) fn one_sided(
        &self,
        case: WorstCase,
        mark: holdfast_core::Price,
    ) -> Result<(Amount, Amount)> {
        let most = Quantity::from_lots(case.most()?);
        let least = Quantity::from_lots(case.least()?);
        let long = self.instrument.exposure(mark, most)?;
        if most == least {
            return Ok((long, long));
        }
        Ok((long, self.instrument.exposure(mark, least)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EngineConfig;
    use crate::input::Input;
    use crate::rates::RateChanged;
    use crate::sink::NoSink;
    use holdfast_core::{Rate, Timestamp};

    /// An account in USD that trades a contract which settles in BTC.
    fn engine() -> Engine {
        let config: EngineConfig = serde_json::from_value(serde_json::json!({
            "instruments": [{
                "symbol": "BTC", "venue": "SIM", "base_currency": "BTC", "quote_currency": "USD",
                "settlement_currency": "BTC", "tick_size": "0.5", "lot_size": "1",
                "contract_multiplier": "100", "min_quantity": null, "max_quantity": null,
                "min_notional": null, "max_notional": null, "percent_price_frac": null,
                "perpetual": true,
                "contract": {
                    "kind": "inverse",
                    "margin": {
                        "mode": "cross",
                        "tiers": [{ "notional_max": null, "initial_frac": "0.1", "maintenance_frac": "0.05" }],
                    },
                },
            }],
            "limits": {
                "order_qty_max": "unlimited", "order_notional_quote_max": "unlimited",
                "position_frac_max": "unlimited", "gross_exposure_frac_max": "unlimited",
                "price_band_frac_max": "unlimited", "orders_per_minute_max": "unlimited",
                "daily_trades_max": "unlimited", "daily_loss_frac_max": "unlimited",
                "drawdown_frac_max": "unlimited", "stop_loss_required": false,
                "price_age_ms_max": "unlimited",
            },
            "start_cash": "1000", "max_open_orders": 4,
            "account": { "currency": "USD", "rate_age_ms_max": "unlimited" },
        }))
        .unwrap();
        Engine::new(&config).unwrap()
    }

    #[test]
    fn ord_14_an_exposure_in_another_currency_is_rounded_away_from_zero_and_nothing_without_a_rate()
    {
        let mut engine = engine();
        let told = |engine: &Engine, raw: i128| {
            engine.told_in(&engine.instruments()[0], Amount::from_raw(raw)).unwrap().raw()
        };
        assert_eq!(told(&engine, 10), 0);
        let currency = engine.instruments()[0].currency;
        let changed =
            RateChanged { currency, ts_event: Timestamp(1), rate: Rate::parse("3").unwrap() };
        engine.step(&Input::Rate(changed), &mut NoSink, &mut Vec::new()).unwrap();
        assert_eq!([10, -10, 0, 9, -9].map(|raw| told(&engine, raw)), [4, -4, 0, 3, -3]);
    }
}
