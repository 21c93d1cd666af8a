//! How an account is divided among actors: each owns instruments and a budget, and is an engine of its own.
//!
//! What an engine judges by the whole account (equity, gross exposure, loss of the day, drawdown, counts of orders) would need
//! every other instrument's state at each judgement. Here each actor has a slice of the account instead, and judges by that:
//! no actor waits for another, and the order in which the inputs of two actors are taken cannot matter. A limit that is a
//! fraction of equity holds for the account when it holds for every slice, because equities, exposures and losses add up;
//! limits that are counts are divided.

use crate::account_spec::AccountSpec;
use crate::config::EngineConfig;
use crate::self_trade::SelfTradeConfig;
use holdfast_core::{Amount, Code, Error, InstrumentId, Result};
use holdfast_risk::Limits;
use holdfast_risk::limit_table::LimitTable;
use std::collections::BTreeMap;

/// What one actor owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorSpec {
    /// Its instruments, by their place in the account's list.
    pub instruments: Vec<u32>,
    /// Its part of the account's cash.
    pub budget: String,
}

/// An account divided among actors.
#[derive(Debug, Clone)]
pub struct ActorPlan {
    configs: Vec<EngineConfig>,
    /// Actor and id within the actor of each instrument of the account.
    places: Vec<(usize, InstrumentId)>,
    first_epoch: u32,
    /// Actors of orders that others placed, whose ids tell none.
    pub(crate) adopted: BTreeMap<u64, usize>,
}

fn invalid(rule: String, field: &'static str) -> Error {
    Error::new(Code::ActorPlanInvalid, rule).with("field", field)
}

/// Correlation, VaR and score are of the whole portfolio, of which each of several actors sees a part only.
fn check_portfolio_limits(account: &EngineConfig, actors: usize) -> Result<()> {
    let limits = LimitTable::new(&account.limits, &account.instruments.iter().collect::<Vec<_>>())?;
    if actors > 1 && limits.all().any(Limits::asks_for_portfolio) {
        let rule = "limits on correlation, VaR, CVaR and score must be judged by one actor alone";
        return Err(invalid(rule.into(), "limits"));
    }
    Ok(())
}

impl ActorPlan {
    /// Divides an account. The order ids of actor `n` have the account's epoch plus `n`, so that no two actors name an
    /// order alike and an id tells its actor.
    ///
    /// # Errors
    /// `ACTOR_PLAN_INVALID` when an instrument has no actor or several, budgets do not add up to the account's cash, a count
    /// cannot be divided, or the account is of several currencies; `CONFIG_INVALID` for what no engine could be made of.
    pub fn new(account: &EngineConfig, actors: &[ActorSpec]) -> Result<Self> {
        check_account(account)?;
        check_budgets(account, actors)?;
        let places = places(account.instruments.len(), actors)?;
        let parts = actors.len();
        check_portfolio_limits(account, parts)?;
        let limits = &account.limits;
        let minute = divided("orders_per_minute_max", &limits.orders_per_minute_max, parts)?;
        let daily = divided("daily_trades_max", &limits.daily_trades_max, parts)?;
        let open = divided("max_open_orders", &account.max_open_orders.to_string(), parts)?;
        let mut configs = Vec::with_capacity(parts);
        for (number, spec) in actors.iter().enumerate() {
            let part = |counts: &[String]| counts.get(number).cloned().unwrap_or_default();
            let owned = spec.instruments.iter();
            let mut limits = limits.clone();
            limits.orders_per_minute_max = part(&minute);
            limits.daily_trades_max = part(&daily);
            let mut orders = account.orders.clone();
            orders.id_epoch = account.orders.id_epoch.saturating_add(number as u32);
            orders.self_trade = local_policies(&account.orders.self_trade, &spec.instruments);
            configs.push(EngineConfig {
                instruments: owned
                    .filter_map(|id| account.instruments.get(*id as usize).cloned())
                    .collect(),
                limits,
                start_cash: spec.budget.clone(),
                max_open_orders: part(&open).parse().unwrap_or(0),
                account: account.account.clone(),
                emulated_order_types: account.emulated_order_types.clone(),
                orders,
            });
        }
        let first_epoch = account.orders.id_epoch;
        Ok(Self { configs, places, first_epoch, adopted: BTreeMap::new() })
    }

    /// Divides an account into one actor an instrument, with budgets as equal as the smallest unit lets them be.
    ///
    /// # Errors
    /// As `new`.
    pub fn per_instrument(account: &EngineConfig) -> Result<Self> {
        let count = account.instruments.len().max(1) as i128;
        let cash = Amount::parse(&account.start_cash)?.raw();
        let actors: Vec<ActorSpec> = (0..account.instruments.len() as u32)
            .map(|id| {
                let budget = cash / count + i128::from(i128::from(id) < cash % count);
                ActorSpec { instruments: vec![id], budget: Amount::from_raw(budget).to_string() }
            })
            .collect();
        Self::new(account, &actors)
    }

    /// Returns the engine configuration of each actor.
    #[must_use]
    pub fn configs(&self) -> &[EngineConfig] {
        &self.configs
    }

    /// Returns the epoch of order ids that the next session on the account may begin with.
    #[must_use]
    pub fn next_epoch(&self) -> u32 {
        self.first_epoch.saturating_add(self.configs.len() as u32)
    }

    /// Returns the actor of an instrument of the account, and the instrument's id within it.
    ///
    /// # Errors
    /// `INSTRUMENT_UNKNOWN`.
    pub fn place(&self, id: InstrumentId) -> Result<(usize, InstrumentId)> {
        self.places.get(id.index()).copied().ok_or_else(|| {
            Error::new(
                Code::InstrumentUnknown,
                format!("instrument {} must be one of the account's", id.0),
            )
            .with("instrument", id.0)
        })
    }

    /// Returns the actor that names orders with this epoch.
    pub(crate) fn actor_of_epoch(&self, epoch: u32) -> Option<usize> {
        let number = epoch.checked_sub(self.first_epoch)? as usize;
        (number < self.configs.len()).then_some(number)
    }
}

fn check_account(account: &EngineConfig) -> Result<()> {
    let AccountSpec { currency, balances, rate_sources, .. } = &account.account;
    let own = currency.as_ref().or(account.instruments.first().map(|one| &one.settlement_currency));
    let foreign = account.instruments.iter().any(|one| Some(&one.settlement_currency) != own);
    if foreign || !balances.is_empty() || !rate_sources.is_empty() {
        return Err(invalid(
            "an account of several currencies cannot be divided: a rate would be shared".into(),
            "account",
        ));
    }
    Ok(())
}

fn check_budgets(account: &EngineConfig, actors: &[ActorSpec]) -> Result<()> {
    let mut left = Amount::parse(&account.start_cash)?;
    for spec in actors {
        left = left.minus(Amount::parse(&spec.budget)?)?;
    }
    if left == Amount::ZERO {
        return Ok(());
    }
    Err(invalid(
        format!(
            "budgets must add up to the account's cash of {}, {left} are left over",
            account.start_cash
        ),
        "budget",
    ))
}

fn places(instruments: usize, actors: &[ActorSpec]) -> Result<Vec<(usize, InstrumentId)>> {
    let mut places = vec![None; instruments];
    for (actor, spec) in actors.iter().enumerate() {
        for (local, id) in spec.instruments.iter().enumerate() {
            let place = places.get_mut(*id as usize).filter(|place| place.is_none());
            let Some(place) = place else {
                return Err(invalid(
                    format!("instrument {id} must be of the account and have one actor"),
                    "instruments",
                ));
            };
            *place = Some((actor, InstrumentId(local as u32)));
        }
    }
    let missing = places.iter().position(Option::is_none);
    if let Some(id) = missing {
        return Err(invalid(format!("instrument {id} must have an actor"), "instruments"));
    }
    Ok(places.into_iter().flatten().collect())
}

/// Divides a count into whole parts, the first ones larger by one where it does not go up.
fn divided(field: &'static str, text: &str, parts: usize) -> Result<Vec<String>> {
    let Ok(count) = text.parse::<usize>() else { return Ok(vec![text.to_string(); parts]) };
    if count < parts {
        return Err(invalid(
            format!("{field} must leave one to each of {parts} actors, was {count}"),
            field,
        ));
    }
    let part = |number: usize| count / parts + usize::from(number < count % parts);
    Ok((0..parts).map(|number| part(number).to_string()).collect())
}

fn local_policies(account: &SelfTradeConfig, instruments: &[u32]) -> SelfTradeConfig {
    let by_instrument: BTreeMap<u32, _> = instruments
        .iter()
        .enumerate()
        .filter_map(|(local, id)| {
            account.by_instrument.get(id).map(|policy| (local as u32, *policy))
        })
        .collect();
    SelfTradeConfig { policy: account.policy, by_instrument }
}
