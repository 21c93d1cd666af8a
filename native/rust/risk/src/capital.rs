//! Capital among the strategies of an account: a plan says by which rule, and what it comes to is a limit of each strategy.
//!
//! An allocation is a share of equity, so that all of them together never pass one less the reserve, whatever becomes of equity
//! between two plans; a fixed amount is a cap besides. What a plan takes away holds at once, what it gives follows the rules by
//! which limits may be loosened.

use crate::limit_document::ChangeRules;
use crate::limit_values::invalid;
use holdfast_core::wire::{Encode, Reader, Writer};
use holdfast_core::{Amount, Code, Error, Fraction, Result, Rounding, Timestamp};
use serde::{Deserialize, Serialize};

/// Most strategies of a plan.
pub const STRATEGIES_MAX: usize = 256;

/// How capital is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapitalRule {
    /// Each strategy has the share or the amount that it is given.
    Fixed,
    /// Each has as much as the next.
    Equal,
    /// Each has the less, the larger its weight, which is its volatility.
    InverseVolatility,
    /// Each has in proportion to its weight, which is a score.
    Score,
}

/// What a plan says about one strategy; decimals are text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StrategyCapital {
    /// Share of equity, of a fixed plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frac: Option<String>,
    /// Amount of the account's currency, of a fixed plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Volatility or score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// Least share of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_frac: Option<String>,
    /// Largest share of equity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_frac: Option<String>,
}

/// A division of the capital; strategies stand in the order of the limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapitalPlan {
    /// How it is divided.
    pub rule: CapitalRule,
    /// Share of equity that no strategy has.
    pub reserve_frac: String,
    /// The strategies.
    pub strategies: Vec<StrategyCapital>,
    /// Whether the second key of the limits was brought; the key itself is in no journal.
    #[serde(default)]
    pub second_key: bool,
}

/// What one strategy may have at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// Share of equity.
    pub share: Fraction,
    /// The most, whatever equity is.
    pub cap: Option<Amount>,
}

holdfast_core::persist_fields!(Allocation { share, cap });

fn fraction(field: &str, text: &str) -> Result<i64> {
    let value = Fraction::parse(text).ok().map(Fraction::millionths);
    value
        .filter(|parts| (0..=1_000_000).contains(parts))
        .ok_or_else(|| invalid(field, "must be a fraction from 0 to 1 with six decimals", text))
}

/// One strategy while shares are worked out, in millionths.
struct Share {
    weight: i128,
    least: i64,
    most: i64,
    settled: Option<i64>,
}

impl CapitalPlan {
    /// Reads the journal form.
    ///
    /// # Errors
    /// `JOURNAL_CORRUPT`.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        serde_json::from_slice(reader.rest()).map_err(|error| {
            Error::new(Code::JournalCorrupt, format!("capital_planned must hold a plan, {error}"))
        })
    }

    /// Returns what each strategy is allocated at this equity.
    ///
    /// # Errors
    /// `LIMITS_INVALID` naming the field, `LIMITS_CONTRADICTORY` when least shares or fixed ones pass what there is,
    /// `ACCOUNT_UNAVAILABLE` without equity, `AMOUNT_OVERFLOW`.
    pub fn allocate(&self, equity: Amount) -> Result<Vec<Allocation>> {
        if self.strategies.is_empty() || self.strategies.len() > STRATEGIES_MAX {
            let rule = format!("must number 1 to {STRATEGIES_MAX}");
            return Err(invalid("strategies", &rule, &self.strategies.len().to_string()));
        }
        if equity.raw() <= 0 {
            return Err(Error::new(
                Code::AccountUnavailable,
                format!("equity must be positive for capital to be allocated, was {equity}"),
            ));
        }
        let usable = 1_000_000 - fraction("reserve_frac", &self.reserve_frac)?;
        match self.rule {
            CapitalRule::Fixed => self.fixed(equity, usable),
            _ => self.weighted(usable),
        }
    }

    fn fixed(&self, equity: Amount, usable: i64) -> Result<Vec<Allocation>> {
        let mut sum = 0;
        let mut allocations = Vec::with_capacity(self.strategies.len());
        for strategy in &self.strategies {
            let allocation = match (&strategy.frac, &strategy.amount) {
                (Some(text), None) => Allocation {
                    share: Fraction::from_millionths(fraction("frac", text)?),
                    cap: None,
                },
                (None, Some(text)) => {
                    let amount = Amount::parse(text).ok().filter(|amount| amount.raw() >= 0);
                    let rule = "must be a decimal that is not negative";
                    let cap = amount.ok_or_else(|| invalid("amount", rule, text))?;
                    let parts = cap.times_ratio(Fraction::PARTS, equity.raw(), Rounding::Ceil)?;
                    let parts = i64::try_from(parts.raw()).unwrap_or(i64::MAX);
                    Allocation { share: Fraction::from_millionths(parts), cap: Some(cap) }
                }
                _ => {
                    return Err(invalid("frac", "or an amount must be given, and not both", ""));
                }
            };
            sum = allocation.share.millionths().saturating_add(sum);
            allocations.push(allocation);
        }
        if sum > usable { Err(contradictory("allocations", sum, usable)) } else { Ok(allocations) }
    }

    fn weighted(&self, usable: i64) -> Result<Vec<Allocation>> {
        let mut shares = self
            .strategies
            .iter()
            .map(|strategy| self.share(strategy))
            .collect::<Result<Vec<Share>>>()?;
        let least: i64 = shares.iter().map(|share| share.least).sum();
        if least > usable {
            return Err(contradictory("least shares", least, usable));
        }
        while settle(&mut shares, usable) {}
        let allocation = |share: &Share| Allocation {
            share: Fraction::from_millionths(share.settled.unwrap_or(share.least)),
            cap: None,
        };
        Ok(shares.iter().map(allocation).collect())
    }

    fn share(&self, strategy: &StrategyCapital) -> Result<Share> {
        let bound = |field, text: &Option<String>, other| {
            text.as_deref().map_or(Ok(other), |text| fraction(field, text))
        };
        let (least, most) = (
            bound("min_frac", &strategy.min_frac, 0)?,
            bound("max_frac", &strategy.max_frac, 1_000_000)?,
        );
        if least > most {
            return Err(contradictory("a least share", least, most));
        }
        if self.rule == CapitalRule::Equal {
            return Ok(Share { weight: 1, least, most, settled: None });
        }
        let text = strategy.weight.as_deref().unwrap_or("");
        let is_score = self.rule == CapitalRule::Score;
        let rule =
            "must be positive, a score may be zero, and at most a million with nine decimals";
        // Nine decimals and at most a million: products with millionths of the capital stay far within 128 bits.
        let weight = Amount::parse(text).ok().map(|weight| weight.raw() / 1_000_000_000);
        let finest = i128::from(!is_score);
        let weight = weight
            .filter(|weight| (finest..=1_000_000_000_000_000).contains(weight))
            .ok_or_else(|| invalid("weight", rule, text))?;
        let weight = if is_score { weight } else { 1_000_000_000_000_000_000_000_000 / weight };
        Ok(Share { weight, least, most, settled: None })
    }
}

/// Divides what is left among those that are not settled, and settles those that it would carry past a bound; at the end all
/// of them. Returns whether some are left.
fn settle(shares: &mut [Share], usable: i64) -> bool {
    let taken: i64 = shares.iter().filter_map(|share| share.settled).sum();
    let left = i128::from((usable - taken).max(0));
    let open = || shares.iter().filter(|share| share.settled.is_none());
    let weights: i128 = open().map(|share| share.weight).sum();
    // Nobody is worth anything: each has its least.
    let fair = |share: &Share| match weights {
        0 => 0,
        _ => (left * share.weight / weights) as i64,
    };
    let bent: i128 = open()
        .map(|share| i128::from(fair(share).clamp(share.least, share.most) - fair(share)))
        .sum();
    let is_bent = |share: &Share| match bent.signum() {
        1 => fair(share) < share.least,
        -1 => fair(share) > share.most,
        _ => true,
    };
    let settled: Vec<Option<i64>> = shares
        .iter()
        .map(|share| match share.settled {
            None if is_bent(share) => Some(fair(share).clamp(share.least, share.most)),
            known => known,
        })
        .collect();
    let mut is_open = false;
    for (share, settled) in shares.iter_mut().zip(settled) {
        share.settled = settled;
        is_open |= settled.is_none();
    }
    is_open
}

fn contradictory(what: &str, sum: i64, bound: i64) -> Error {
    let text = |parts| Fraction::from_millionths(parts).to_string();
    Error::new(
        Code::LimitsContradictory,
        format!("{what} must be at most {} of equity, were {}", text(bound), text(sum)),
    )
    .with("sum_frac", text(sum))
    .with("bound_frac", text(bound))
}

/// What the strategies are allocated now, and what they get when a loosening is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CapitalInForce {
    current: Vec<Allocation>,
    coming: Option<(Timestamp, Vec<Allocation>)>,
}

holdfast_core::persist_fields!(CapitalInForce { current, coming });

const NOTHING: Allocation = Allocation { share: Fraction::from_millionths(0), cap: None };

impl CapitalInForce {
    /// Returns whether a plan is in force.
    #[must_use]
    pub const fn is_planned(&self) -> bool {
        !self.current.is_empty()
    }

    /// Returns what is allocated at an instant; a loosening that is due by then holds.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> &[Allocation] {
        match &self.coming {
            Some((at, coming)) if *at <= now => coming,
            _ => &self.current,
        }
    }

    /// Returns the most that a strategy, from 1, may have at risk; without a plan there is no bound, and under a plan whoever
    /// is not in it has nothing.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    pub fn bound(&self, strategy: u16, equity: Amount, now: Timestamp) -> Result<Option<Amount>> {
        if !self.is_planned() {
            return Ok(None);
        }
        let place = usize::from(strategy).checked_sub(1);
        let Some(allocation) = place.and_then(|place| self.at(now).get(place)) else {
            return Ok(Some(Amount::ZERO));
        };
        let share = i128::from(allocation.share.millionths());
        let part = equity.max(Amount::ZERO).times_ratio(share, Fraction::PARTS, Rounding::Floor)?;
        Ok(Some(allocation.cap.map_or(part, |cap| cap.min(part))))
    }

    /// Takes a plan: what it lessens holds at once, and what it raises at once with the second key, after the delay of the
    /// limits without it. The first plan bounds what was unbounded, so that all of it holds at once.
    ///
    /// # Errors
    /// `LIMITS_LOOSENING_DENIED` when neither key nor delay permits a raise, and as `CapitalPlan::allocate`; nothing
    /// changes then.
    pub fn take(
        &mut self,
        plan: &CapitalPlan,
        rules: &ChangeRules,
        equity: Amount,
        now: Timestamp,
    ) -> Result<()> {
        let target = plan.allocate(equity)?;
        let present = self.at(now).to_vec();
        let held = |place: usize| present.get(place).copied().unwrap_or(NOTHING);
        let lower: Vec<Allocation> =
            target.iter().enumerate().map(|(place, each)| stricter(*each, held(place))).collect();
        if !self.is_planned() || plan.second_key || lower == target {
            (self.current, self.coming) = (target, None);
            return Ok(());
        }
        let Some(delay) = rules.delay_ns()? else {
            return Err(Error::new(
                Code::LimitsLooseningDenied,
                "capital must not be raised without the second key or a delay",
            ));
        };
        self.coming = Some((Timestamp(now.0.saturating_add(delay)), target));
        self.current = lower;
        Ok(())
    }
}

/// Returns what is within both.
fn stricter(one: Allocation, other: Allocation) -> Allocation {
    let cap = match (one.cap, other.cap) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    Allocation { share: one.share.min(other.share), cap }
}

/// The journal's form is the plan's JSON.
impl Encode for CapitalPlan {
    fn encoded_bytes_max(&self) -> usize {
        self.written().len()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.bytes(&self.written());
    }
}

impl CapitalPlan {
    /// A structure of texts has a JSON form whatever stands in it.
    fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
