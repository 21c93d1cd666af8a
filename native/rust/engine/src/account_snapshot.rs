//! The account with its currencies, margin and liquidation prices, in exact text.

use crate::account_spec::PositionMode;
use crate::engine::{Engine, InstrumentState};
use crate::exposure::Leg;
use crate::liquidation::{Backed, Liquidation, Side};
use crate::snapshot::average_price;
use crate::wallet::{CurrencyId, Wallet};
use holdfast_core::{Amount, Clock, Fraction, MarginMode, MarginTable, Quantity, Result, Rounding};
use serde::Serialize;

/// One currency of the account; amounts are in it.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct CurrencySnapshot {
    pub currency: String,
    /// What one unit costs in the account's currency; absent for that currency itself and before the first rate.
    pub rate: Option<String>,
    pub rate_age_ns: Option<String>,
    pub start_cash: String,
    pub cash: String,
    pub equity: String,
    pub fees: String,
    pub funding: String,
    pub interest: String,
    pub initial_margin: String,
    pub maintenance_margin: String,
    pub available: String,
    /// Maintenance margin of cross positions over what backs them, as a fraction rounded up; absent when nothing does.
    pub margin_ratio: Option<String>,
}

/// One leg of a position; amounts are in the settlement currency.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct LegSnapshot {
    pub symbol: String,
    pub kind: &'static str,
    pub side: &'static str,
    pub currency: String,
    pub quantity: String,
    pub open_cost: String,
    pub avg_px: Option<f64>,
    pub realized: String,
    pub unrealized: String,
    pub initial_margin: String,
    pub maintenance_margin: String,
    pub liquidation_at_or_below: Option<String>,
    pub liquidation_at_or_above: Option<String>,
}

/// What may still be opened in one instrument, in its settlement currency.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct BuyingPowerSnapshot {
    pub symbol: String,
    pub currency: String,
    pub buying_power: String,
}

/// The account; amounts without a currency beside them are in the account's.
#[derive(Debug, Serialize)]
#[allow(missing_docs)]
pub struct AccountSnapshot {
    pub currency: String,
    pub position_mode: PositionMode,
    pub equity: String,
    pub interest: String,
    pub initial_margin: String,
    pub maintenance_margin: String,
    pub available: String,
    pub currencies: Vec<CurrencySnapshot>,
    pub positions: Vec<LegSnapshot>,
    pub buying_power: Vec<BuyingPowerSnapshot>,
}

fn ratio(part: Amount, whole: Amount) -> Result<Option<String>> {
    if whole <= Amount::ZERO {
        return Ok(None);
    }
    let millionths =
        Amount::from_raw(Fraction::PARTS).times_ratio(part.raw(), whole.raw(), Rounding::Ceil)?;
    let millionths = i64::try_from(millionths.raw()).unwrap_or(i64::MAX);
    Ok(Some(Fraction::from_millionths(millionths).to_string()))
}

fn side_of(state: &InstrumentState, leg: Leg, long: bool) -> Result<Side> {
    let held = state.leg(leg);
    let lots = held.lots().lots();
    if lots == 0 || (lots > 0) != long {
        return Ok(Side::default());
    }
    Ok(Side { lots: lots.saturating_abs(), cost: held.open_cost()? })
}

impl Engine {
    /// Returns whether there is more to tell of the account than cash and netted positions of one currency.
    #[must_use]
    pub fn has_account_detail(&self) -> bool {
        !self.wallets.foreign().is_empty()
            || !self.borrow.is_empty()
            || self.position_mode == PositionMode::Hedging
            || self.instruments.iter().any(|state| state.instrument.kind().is_margined())
    }

    /// Returns the account with its currencies, margin and liquidation prices.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn account_snapshot(&self) -> Result<AccountSnapshot> {
        let mut sums = [Amount::ZERO; 3];
        let mut currencies = Vec::new();
        for (place, wallet) in self.wallets.all().enumerate() {
            let id = CurrencyId(u16::try_from(place).unwrap_or(u16::MAX));
            let figures = [wallet.sums.initial, self.maintenance(id)?, wallet.available()?];
            for (sum, figure) in sums.iter_mut().zip(figures) {
                *sum = sum.plus(self.wallets.convert(id, figure)?.unwrap_or(Amount::ZERO))?;
            }
            currencies.push(self.currency_snapshot(wallet, figures)?);
        }
        let (mut positions, mut buying_power) = (Vec::new(), Vec::new());
        for state in &self.instruments {
            for leg in [Leg::Long, Leg::Short] {
                if state.leg(leg).lots() != Quantity::ZERO {
                    positions.push(self.leg_snapshot(state, leg)?);
                }
            }
            buying_power.push(BuyingPowerSnapshot {
                symbol: state.instrument.spec().symbol.clone(),
                currency: state.instrument.spec().settlement_currency.clone(),
                buying_power: self.buying_power(state)?.to_string(),
            });
        }
        let [initial, maintenance, available] = sums;
        Ok(AccountSnapshot {
            currency: self.wallets.own.currency.clone(),
            position_mode: self.position_mode,
            equity: self.equity.to_string(),
            interest: self.totals()?.interest.to_string(),
            initial_margin: initial.to_string(),
            maintenance_margin: maintenance.to_string(),
            available: available.to_string(),
            currencies,
            positions,
            buying_power,
        })
    }

    fn currency_snapshot(
        &self,
        wallet: &Wallet,
        [initial, maintenance, available]: [Amount; 3],
    ) -> Result<CurrencySnapshot> {
        let account = &wallet.account;
        Ok(CurrencySnapshot {
            currency: wallet.currency.clone(),
            rate: wallet.rate.map(|(rate, _)| rate.to_string()),
            rate_age_ns: wallet.rate.map(|(_, ts)| self.clock.now().since(ts).to_string()),
            start_cash: account.start_cash.to_string(),
            cash: account.cash.to_string(),
            equity: wallet.equity()?.to_string(),
            fees: account.fees.to_string(),
            funding: account.funding.to_string(),
            interest: account.interest.to_string(),
            initial_margin: initial.to_string(),
            maintenance_margin: maintenance.to_string(),
            available: available.to_string(),
            margin_ratio: ratio(wallet.sums.maintenance, wallet.cross_equity()?)?,
        })
    }

    /// Returns the maintenance margin of all positions that settle in a currency, isolated ones too.
    fn maintenance(&self, id: CurrencyId) -> Result<Amount> {
        let mut sum = Amount::ZERO;
        for state in self.instruments.iter().filter(|state| state.currency == id) {
            for leg in [Leg::Long, Leg::Short] {
                sum = sum.plus(requirement(state, leg, MarginTable::maintenance)?)?;
            }
        }
        Ok(sum)
    }

    fn leg_snapshot(&self, state: &InstrumentState, leg: Leg) -> Result<LegSnapshot> {
        let (instrument, held) = (&state.instrument, state.leg(leg));
        let unrealized = match state.mark {
            Some((mark, _)) => held.unrealized(instrument, mark)?,
            None => Amount::ZERO,
        };
        let bounds = self.liquidation(state, leg)?;
        let text = |price: Option<_>| price.map(|price| instrument.format_price(price));
        Ok(LegSnapshot {
            symbol: instrument.spec().symbol.clone(),
            kind: instrument.kind().name(),
            side: if held.lots() > Quantity::ZERO { "long" } else { "short" },
            currency: instrument.spec().settlement_currency.clone(),
            quantity: instrument.format_quantity(held.lots()),
            open_cost: held.open_cost()?.magnitude()?.to_string(),
            avg_px: average_price(instrument, held)?,
            realized: held.realized().to_string(),
            unrealized: unrealized.to_string(),
            initial_margin: requirement(state, leg, MarginTable::initial)?.to_string(),
            maintenance_margin: requirement(state, leg, MarginTable::maintenance)?.to_string(),
            liquidation_at_or_below: text(bounds.at_or_below),
            liquidation_at_or_above: text(bounds.at_or_above),
        })
    }

    /// Returns where the maintenance margin behind a leg is breached when only its own price moves. Cross positions stand
    /// together with the other leg and share all cash of their currency; an isolated leg has its own margin alone.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn liquidation(&self, state: &InstrumentState, leg: Leg) -> Result<Liquidation> {
        let Some(table) = state.instrument.margin() else { return Ok(Liquidation::default()) };
        if table.mode() == MarginMode::Isolated {
            let backing = table.initial(state.leg(leg).open_cost()?.magnitude()?)?;
            let long = side_of(state, leg, true)?;
            let short = side_of(state, leg, false)?;
            return Backed { long, short, backing }.liquidation(&state.instrument);
        }
        self.backed(state)?.liquidation(&state.instrument)
    }

    /// Returns both legs of a cross position with what stands behind them.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn backed(&self, state: &InstrumentState) -> Result<Backed> {
        let wallet = self.wallets.get(state.currency)?;
        let others = wallet.sums.maintenance.minus(state.sums.maintenance)?;
        let backing = wallet.cross_equity()?.minus(state.sums.collateral)?.minus(others)?;
        // When netting, one leg is either long or short; the other is flat.
        let long = side_of(state, Leg::Long, true)?;
        let short = match side_of(state, Leg::Long, false)? {
            Side { lots: 0, .. } => side_of(state, Leg::Short, false)?,
            netted => netted,
        };
        Ok(Backed { long, short, backing })
    }

    /// Returns the notional that may still be opened: for a margined contract what the available margin carries beyond
    /// what is open, for everything else what is available.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`, `QTY_OUT_OF_RANGE`.
    pub fn buying_power(&self, state: &InstrumentState) -> Result<Amount> {
        let available = self.wallets.get(state.currency)?.available()?;
        let (Some(table), Some((mark, _))) = (state.instrument.margin(), state.mark) else {
            return Ok(available);
        };
        let worst = state.worst_lots(self.position_mode)?;
        let open = state.instrument.settlement_notional(mark, worst)?;
        let budget = table.initial(open)?.plus(available)?;
        Ok(table.notional_within(budget)?.minus(open)?.max(Amount::ZERO))
    }
}

fn requirement(
    state: &InstrumentState,
    leg: Leg,
    of: impl Fn(&MarginTable, Amount) -> Result<Amount>,
) -> Result<Amount> {
    let (Some(table), Some((mark, _))) = (state.instrument.margin(), state.mark) else {
        return Ok(Amount::ZERO);
    };
    of(table, state.instrument.settlement_notional(mark, state.leg(leg).lots())?)
}
