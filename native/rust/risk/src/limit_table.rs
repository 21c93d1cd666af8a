//! Limits resolved for each strategy and instrument when they are set, so that an order looks up one row.

use crate::calendar::Hours;
use crate::limit_document::ScopeSpec;
use crate::limit_values::invalid;
use crate::limits::{Limits, LimitsSpec, UNLIMITED};
use holdfast_core::{Code, Error, Fraction, InstrumentId, InstrumentSpec, Result};
use std::collections::BTreeMap;

/// Most strategies of an account.
pub const STRATEGIES_MAX: usize = 256;
/// Most scopes of a document.
pub const SCOPES_MAX: usize = 1_024;

/// The limits in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitTable {
    spec: LimitsSpec,
    fingerprint: [u8; 32],
    base: Limits,
    rows: Vec<Limits>,
    /// Place in `rows` by strategy, then instrument.
    row_of: Vec<u32>,
    instruments: usize,
    /// Venue of each instrument, and how many venues there are.
    venue_of: Vec<u16>,
    venues: usize,
    /// Group of each instrument, from 1; 0 is none.
    group_of: Vec<u16>,
    groups: usize,
}

/// What tells the instruments apart that limits name.
fn names<'a>(specs: &[&'a InstrumentSpec]) -> Vec<(&'a str, &'a str)> {
    specs.iter().map(|spec| (spec.symbol.as_str(), spec.venue.as_str())).collect()
}

impl LimitTable {
    /// Checks limits as a whole and resolves them.
    ///
    /// # Errors
    /// `LIMITS_INVALID` naming the field, `LIMITS_UNKNOWN_KEY`, `LIMITS_CONTRADICTORY` naming both limits.
    pub fn new(spec: &LimitsSpec, instruments: &[&InstrumentSpec]) -> Result<Self> {
        spec.change.check()?;
        if spec.strategies.len() > STRATEGIES_MAX {
            let rule = format!("must name at most {STRATEGIES_MAX} strategies");
            return Err(invalid("strategies", &rule, &spec.strategies.len().to_string()));
        }
        if spec.scopes.len() > SCOPES_MAX {
            let rule = format!("must be at most {SCOPES_MAX}");
            return Err(invalid("scopes", &rule, &spec.scopes.len().to_string()));
        }
        let calendars = calendars(spec)?;
        let hours = |name: &str| hours_named(&calendars, name);
        let base = Limits::read(spec, hours(&spec.trading_hours)?)?;
        let scopes = spec
            .scopes
            .iter()
            .map(|scope| {
                let written = scope.spec()?;
                let limits = Limits::read(&written, hours(&written.trading_hours)?)?;
                check_names(spec, scope)?;
                Ok((scope, limits))
            })
            .collect::<Result<Vec<_>>>()?;
        let instruments = names(instruments);
        let mut table = Self {
            spec: spec.clone(),
            fingerprint: spec.fingerprint()?,
            base,
            rows: Vec::new(),
            row_of: Vec::new(),
            instruments: instruments.len(),
            venue_of: Vec::new(),
            venues: 0,
            group_of: groups(spec, &instruments)?,
            groups: spec.groups.len(),
        };
        table.number_venues(&instruments);
        table.resolve(&scopes, &instruments);
        contradiction(&table.base)?;
        scopes.iter().try_for_each(|(_, limits)| contradiction(limits))?;
        // A window is the account's, and what needs one may stand in a scope.
        table.all().try_for_each(incomplete)?;
        scopes.iter().try_for_each(|(_, limits)| incomplete(&table.base.stricter(limits)))?;
        Ok(table)
    }

    fn number_venues(&mut self, instruments: &[(&str, &str)]) {
        let mut venues: Vec<&str> = Vec::new();
        for (_, venue) in instruments {
            let place = venues.iter().position(|known| known == venue).unwrap_or(venues.len());
            if place == venues.len() {
                venues.push(venue);
            }
            self.venue_of.push(place as u16);
        }
        self.venues = venues.len();
    }

    fn resolve(&mut self, scopes: &[(&ScopeSpec, Limits)], instruments: &[(&str, &str)]) {
        let strategies =
            std::iter::once(None).chain(self.spec.strategies.iter().map(|name| Some(name.clone())));
        for strategy in strategies.collect::<Vec<_>>() {
            for instrument in instruments {
                let row = scopes
                    .iter()
                    .filter(|(scope, _)| {
                        selects(&self.spec, scope, strategy.as_deref(), *instrument)
                    })
                    .fold(self.base.clone(), |row, (_, limits)| row.stricter(limits));
                let place = self.rows.iter().position(|known| *known == row);
                let place = place.unwrap_or_else(|| {
                    self.rows.push(row);
                    self.rows.len() - 1
                });
                self.row_of.push(place as u32);
            }
        }
    }

    /// Returns the limits of a strategy on an instrument; a strategy that is not named has those of none.
    #[must_use]
    pub fn row(&self, strategy: u16, instrument: InstrumentId) -> &Limits {
        let index = instrument.index();
        let at = usize::from(strategy) * self.instruments + index;
        let place = self.row_of.get(at).or_else(|| self.row_of.get(index));
        place.and_then(|place| self.rows.get(*place as usize)).unwrap_or(&self.base)
    }

    /// Returns the limits of the account.
    #[must_use]
    pub const fn base(&self) -> &Limits {
        &self.base
    }

    /// Returns every row that an order can meet, and the account's own.
    pub fn all(&self) -> impl Iterator<Item = &Limits> {
        std::iter::once(&self.base).chain(&self.rows)
    }

    /// Returns the written form.
    #[must_use]
    pub const fn spec(&self) -> &LimitsSpec {
        &self.spec
    }

    /// Returns BLAKE3 of the canonical written form.
    #[must_use]
    pub const fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Returns the first eight bytes of the fingerprint, as they stand in a verdict.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.fingerprint.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// Returns the number of an instrument's venue.
    #[must_use]
    pub fn venue(&self, instrument: InstrumentId) -> usize {
        self.venue_of.get(instrument.index()).map_or(0, |venue| usize::from(*venue))
    }

    /// Returns how many venues and strategies keep a message budget.
    #[must_use]
    pub fn budgets(&self) -> (usize, usize) {
        (self.venues.max(1), self.spec.strategies.len() + 1)
    }

    /// Returns the group of an instrument, from 1; 0 is none.
    #[must_use]
    pub fn group(&self, instrument: InstrumentId) -> usize {
        self.group_of.get(instrument.index()).map_or(0, |group| usize::from(*group))
    }

    /// Returns how many instruments there are.
    #[must_use]
    pub const fn instruments(&self) -> usize {
        self.instruments
    }

    /// Returns how many groups there are.
    #[must_use]
    pub const fn groups(&self) -> usize {
        self.groups
    }

    /// Returns whether no limit of this table is looser than the other's.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let classified = |table: &Self| (table.group_of.clone(), table.spec.strategies.clone());
        let rows = |table: &Self, at: usize| {
            table.row_of.get(at).and_then(|place| table.rows.get(*place as usize)).cloned()
        };
        classified(self) == classified(other)
            && self.spec.change == other.spec.change
            && self.base.stricter(&other.base) == self.base
            && (0..self.row_of.len()).all(|at| match (rows(self, at), rows(other, at)) {
                (Some(own), Some(wide)) => own.stricter(&wide) == own,
                _ => false,
            })
    }

    /// Returns this table with every limit no looser than the other's; both must be of the same strategies.
    #[must_use]
    pub fn tightened_by(&self, other: &Self) -> Self {
        let mut table = self.clone();
        table.base = self.base.stricter(&other.base);
        table.rows.clear();
        for at in 0..self.row_of.len() {
            let (strategy, instrument) =
                (at / self.instruments.max(1), at % self.instruments.max(1));
            let id = InstrumentId(instrument as u32);
            let strategy = strategy as u16;
            table.rows.push(self.row(strategy, id).stricter(other.row(strategy, id)));
        }
        table.row_of = (0..table.rows.len() as u32).collect();
        let mut both = self.fingerprint.to_vec();
        both.extend_from_slice(&other.fingerprint);
        table.fingerprint = *blake3::hash(&both).as_bytes();
        table
    }
}

holdfast_core::persist_fields!(LimitTable {
    spec,
    fingerprint,
    base,
    rows,
    row_of,
    instruments,
    venue_of,
    venues,
    group_of,
    groups,
});

fn calendars(spec: &LimitsSpec) -> Result<BTreeMap<&str, Hours>> {
    let read = |(name, sessions): (&'_ String, &Vec<[String; 2]>)| {
        Hours::read(&format!("calendars.{name}"), sessions)
    };
    spec.calendars.iter().map(|each| Ok((each.0.as_str(), read(each)?))).collect()
}

fn hours_named(calendars: &BTreeMap<&str, Hours>, name: &str) -> Result<Option<Hours>> {
    if name == UNLIMITED {
        return Ok(None);
    }
    let hours = calendars.get(name).cloned();
    hours.map(Some).ok_or_else(|| {
        invalid("trading_hours", "must name one of the calendars or be \"unlimited\"", name)
    })
}

/// A misspelt name would leave a limit without effect. An instrument or venue that the account does not trade is no fault:
/// one document serves many accounts.
fn check_names(spec: &LimitsSpec, scope: &ScopeSpec) -> Result<()> {
    if let Some(name) = &scope.strategy
        && !spec.strategies.contains(name)
    {
        return Err(invalid("scopes.strategy", "must be one of strategies", name));
    }
    match &scope.asset_class {
        Some(name) if !spec.asset_classes.contains_key(name) => {
            Err(invalid("scopes.asset_class", "must be one of asset_classes", name))
        }
        _ => Ok(()),
    }
}

fn selects(
    spec: &LimitsSpec,
    scope: &ScopeSpec,
    strategy: Option<&str>,
    (symbol, venue): (&str, &str),
) -> bool {
    let in_class = |class: &String| {
        spec.asset_classes.get(class).is_some_and(|symbols| symbols.iter().any(|s| s == symbol))
    };
    scope.strategy.as_deref().is_none_or(|name| Some(name) == strategy)
        && scope.venue.as_deref().is_none_or(|name| name == venue)
        && scope.instrument.as_deref().is_none_or(|name| name == symbol)
        && scope.asset_class.as_ref().is_none_or(in_class)
}

fn groups(spec: &LimitsSpec, instruments: &[(&str, &str)]) -> Result<Vec<u16>> {
    let mut group_of = vec![0; instruments.len()];
    for (place, (group, symbols)) in spec.groups.iter().enumerate() {
        for (index, (symbol, _)) in instruments.iter().enumerate() {
            let Some(slot) = group_of.get_mut(index) else { continue };
            if !symbols.iter().any(|each| each == symbol) {
                continue;
            }
            if *slot != 0 {
                let rule = "must not hold an instrument of another group";
                return Err(invalid(&format!("groups.{group}"), rule, symbol));
            }
            *slot = place as u16 + 1;
        }
    }
    Ok(group_of)
}

fn contradictory(one: &str, rule: &str, other: &str) -> Error {
    Error::new(Code::LimitsContradictory, format!("{one} {rule} {other}"))
        .with("field", one)
        .with("other", other)
}

/// Refuses limits of which one makes another pointless or impossible.
fn contradiction(limits: &Limits) -> Result<()> {
    let above = |one: Option<Fraction>, other: Option<Fraction>| matches!((one, other), (Some(one), Some(other)) if one > other);
    let l = limits;
    let pairs = [
        (
            "order_qty_max",
            "position_qty_max",
            matches!((l.order_quantity, l.position_quantity), (Some(a), Some(b)) if a > b),
        ),
        (
            "order_notional_quote_max",
            "position_notional_quote_max",
            matches!((l.order_notional, l.position_notional), (Some(a), Some(b)) if a > b),
        ),
        ("position_frac_max", "gross_exposure_frac_max", above(l.position, l.gross_exposure)),
        (
            "net_exposure_frac_max",
            "gross_exposure_frac_max",
            above(l.net_exposure, l.gross_exposure),
        ),
        (
            "asset_exposure_frac_max",
            "gross_exposure_frac_max",
            above(l.asset_exposure, l.gross_exposure),
        ),
        (
            "group_exposure_frac_max",
            "gross_exposure_frac_max",
            above(l.group_exposure, l.gross_exposure),
        ),
        ("gross_exposure_frac_max", "leverage_max", above(l.gross_exposure, l.leverage)),
        ("daily_loss_frac_max", "weekly_loss_frac_max", above(l.daily_loss, l.weekly_loss)),
        ("weekly_loss_frac_max", "total_loss_frac_max", above(l.weekly_loss, l.total_loss)),
        ("drawdown_soft_frac_max", "drawdown_frac_max", above(l.drawdown_soft, l.drawdown)),
    ];
    if let Some((one, other, _)) = pairs.into_iter().find(|pair| pair.2) {
        return Err(contradictory(one, "must not be above", other));
    }
    if l.drawdown_soft.is_some() && l.drawdown_soft == l.drawdown {
        return Err(contradictory("drawdown_soft_frac_max", "must be below", "drawdown_frac_max"));
    }
    Ok(())
}

/// Refuses limits that cannot be judged without another.
fn incomplete(limits: &Limits) -> Result<()> {
    let l = limits;
    let needed = [
        (
            "drawdown_soft_frac_max",
            "drawdown_frac_max",
            l.drawdown_soft.is_some(),
            l.drawdown.is_some(),
        ),
        (
            "executions_max",
            "executions_window_ms_min",
            l.executions.is_some(),
            l.executions_window_ns.is_some(),
        ),
        (
            "price_collar_frac_max",
            "price_collar_window_ms_min",
            l.price_collar.is_some(),
            l.price_collar_window_ns.is_some(),
        ),
    ];
    if let Some((one, other, ..)) = needed.into_iter().find(|(_, _, one, other)| *one && !*other) {
        return Err(contradictory(one, "must not be set without", other));
    }
    if let Some((one, other)) = l.ageless() {
        return Err(contradictory(one, "must not be set without", other));
    }
    let sizes = l.order_quantity.is_some()
        || l.order_notional.is_some()
        || l.position.is_some()
        || l.position_quantity.is_some()
        || l.position_notional.is_some();
    if l.drawdown_soft.is_some() && !sizes {
        return Err(contradictory(
            "drawdown_soft_frac_max",
            "must not be set without a size that it can cut, such as",
            "position_frac_max",
        ));
    }
    Ok(())
}
