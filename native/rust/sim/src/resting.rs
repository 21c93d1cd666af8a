//! An order as it stands at the venue: what it waits for, and at which price it trades in a phase of a bar.

use crate::assumptions::LimitFill;
use crate::fill_price::Phase;
use holdfast_core::{
    Bar, OrderIntent, OrderType, Price, Replacement, Result, Side, TimeInForce, Timestamp,
    TrailingDistance,
};

/// How an order works at the moment; a trigger turns the waiting kinds into a market or a limit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Working {
    Market,
    Limit(Price),
    /// Until the market is as bad as the trigger.
    Stop {
        trigger: Price,
        limit: Option<Price>,
    },
    /// Until the market is as good as the trigger.
    Touch {
        trigger: Price,
        limit: Option<Price>,
    },
    /// Until the market has come back by the distance from the best price that was certainly before.
    Trailing {
        distance: TrailingDistance,
        best: Option<Price>,
    },
}

impl Working {
    /// Returns whether anything can happen to the order in this phase; most orders of a session rest, and are passed over.
    pub(crate) const fn acts_in(&self, phase: Phase) -> bool {
        match self {
            Self::Market => matches!(phase, Phase::Open),
            Self::Limit(_) | Self::Touch { .. } => matches!(phase, Phase::Open | Phase::Limits),
            Self::Stop { .. } | Self::Trailing { .. } => !matches!(phase, Phase::Limits),
        }
    }

    /// Returns whether a price of the market still has to be reached before it trades.
    pub(crate) const fn awaits_trigger(&self) -> bool {
        matches!(self, Self::Stop { .. } | Self::Touch { .. } | Self::Trailing { .. })
    }

    /// Returns how it works with the prices of an amendment.
    pub(crate) const fn amended(self, to: &Replacement) -> Self {
        let limit = to.limit_price;
        match (self, limit, to.trigger_price) {
            (Self::Limit(_), Some(limit), _) => Self::Limit(limit),
            (Self::Stop { .. }, _, Some(trigger)) => Self::Stop { trigger, limit },
            (Self::Touch { .. }, _, Some(trigger)) => Self::Touch { trigger, limit },
            (same, ..) => same,
        }
    }

    fn of(intent: &OrderIntent, last: Option<Price>) -> Self {
        let limit = intent.limit_price;
        match (intent.order_type, limit, intent.trigger_price, intent.terms.trailing) {
            (OrderType::Limit, Some(limit), ..) => Self::Limit(limit),
            (OrderType::StopMarket | OrderType::StopLimit, _, Some(trigger), _) => {
                Self::Stop { trigger, limit }
            }
            (OrderType::TakeProfitMarket | OrderType::TakeProfitLimit, _, Some(trigger), _) => {
                Self::Touch { trigger, limit }
            }
            (OrderType::TrailingStop, .., Some(distance)) => {
                Self::Trailing { distance, best: last }
            }
            _ => Self::Market,
        }
    }
}

/// At which price an order trades, before slippage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Execution {
    pub(crate) price: Price,
    pub(crate) maker: bool,
    /// Whether slippage moves the price, at most to the bound.
    pub(crate) slips: bool,
    pub(crate) bound: Option<Price>,
}

impl Execution {
    const fn maker(price: Price) -> Self {
        Self { price, maker: true, slips: false, bound: None }
    }

    const fn taker(price: Price, slips: bool, bound: Option<Price>) -> Self {
        Self { price, maker: false, slips, bound }
    }
}

#[derive(Debug)]
pub(crate) struct Resting {
    pub(crate) intent: OrderIntent,
    pub(crate) working: Working,
    pub(crate) leaves: i64,
    pub(crate) arrival: Timestamp,
    /// When it ends by its date; the end of time for an order without one.
    pub(crate) expires: Timestamp,
    /// Phase of the present bar in which it was placed or triggered; `None` when it worked before the bar.
    pub(crate) placed_in: Option<Phase>,
    pub(crate) first_day: Option<i64>,
    /// Whether it had its first chance in an earlier event: a limit order that has is in the book.
    pub(crate) rested: bool,
    /// Lots that the present event took of it: an iceberg shows no more than its display quantity in one.
    pub(crate) taken: i64,
    /// Whether a post-only order was held against a price of the market.
    pub(crate) checked: bool,
}

impl Resting {
    /// Makes an order that arrives; `last` is the market's last price when that is known at the arrival.
    pub(crate) fn new(intent: OrderIntent, arrival: Timestamp, last: Option<Price>) -> Self {
        Self {
            intent,
            working: Working::of(&intent, last),
            leaves: intent.quantity.lots(),
            arrival,
            expires: intent.terms.expires.unwrap_or(Timestamp(i64::MAX)),
            placed_in: None,
            first_day: None,
            rested: false,
            taken: 0,
            checked: last.is_some() || !intent.terms.post_only,
        }
    }

    /// Returns whether the order ends when its first open is over.
    pub(crate) fn is_immediate(&self) -> bool {
        matches!(self.intent.time_in_force, TimeInForce::Ioc | TimeInForce::Fok)
    }

    /// Returns whether a good-till-date order is over at an instant.
    pub(crate) const fn expires_by(&self, ts: Timestamp) -> bool {
        self.expires.0 <= ts.0
    }

    /// Returns whether a post-only order would trade at once at this price of the market.
    pub(crate) fn would_cross(&self, price: Price) -> bool {
        let Some(limit) = self.intent.limit_price.filter(|_| self.intent.terms.post_only) else {
            return false;
        };
        match self.intent.side {
            Side::Buy => limit >= price,
            Side::Sell => limit <= price,
        }
    }

    /// Returns how many lots it shows in the present event.
    pub(crate) fn shown(&self) -> i64 {
        match self.intent.terms.display {
            Some(display) => (display.lots() - self.taken).clamp(0, self.leaves),
            None => self.leaves,
        }
    }

    /// Returns whether an order may trade in this phase of this bar.
    ///
    /// What was there when the bar opened takes part in everything but the late stops. What was placed inside the bar
    /// protects a position that was opened inside it: after the open it is live like the rest, but nothing that a limit
    /// opened can reach its target in the same bar, because the order of the prices in between is unknown. For the same
    /// reason an order whose time ends inside the bar takes part in the open only.
    pub(crate) fn takes_part(&self, bar: &Bar, phase: Phase) -> bool {
        if phase != Phase::Open && self.expires_by(bar.ts_close) {
            return false;
        }
        let trails = matches!(self.working, Working::Trailing { .. });
        match self.placed_in {
            _ if self.arrival > bar.ts_close => false,
            None => self.arrival <= bar.ts_open && (phase != Phase::LateStops || trails),
            Some(Phase::Open) => match phase {
                Phase::Open => false,
                Phase::Stops | Phase::Limits => true,
                Phase::LateStops => trails,
            },
            Some(Phase::Stops) => phase == Phase::Stops,
            Some(Phase::Limits) => phase == Phase::LateStops,
            Some(Phase::LateStops) => false,
        }
    }

    /// Returns whether the order was triggered in this phase, and at which price it trades, if at any.
    ///
    /// # Errors
    /// `PRICE_OUT_OF_RANGE`.
    pub(crate) fn play(
        &mut self,
        phase: Phase,
        bar: &Bar,
        rule: LimitFill,
    ) -> Result<(bool, Option<Execution>)> {
        let side = self.intent.side;
        let execution = match self.working {
            Working::Market => {
                (phase == Phase::Open).then(|| Execution::taker(bar.open, true, None))
            }
            Working::Limit(limit) => self.play_limit(limit, phase, bar, rule),
            Working::Stop { .. } | Working::Touch { .. } | Working::Trailing { .. } => {
                let Some(price) = self.trigger(phase, bar)? else { return Ok((false, None)) };
                let touched = matches!(self.working, Working::Touch { .. });
                let limit = self.intent.limit_price;
                self.working = limit.map_or(Working::Market, Working::Limit);
                (self.placed_in, self.rested) = (Some(phase), false);
                let execution = match limit {
                    None => Some(Execution::taker(price, true, None)),
                    Some(limit) if is_reached(side, limit, price, rule) => {
                        Some(Execution::taker(price, true, Some(limit)))
                    }
                    // The best price of the bar comes at or after the touch, so it is certain.
                    Some(limit) if touched && phase == Phase::Limits => {
                        is_reached(side, limit, extreme_against(side.opposite(), bar), rule)
                            .then(|| Execution::maker(limit))
                    }
                    Some(_) => None,
                };
                return Ok((true, execution));
            }
        };
        Ok((false, execution))
    }

    /// Inside a bar a limit order is the resting one. In a tick it is when it was in the book before: then whoever trades
    /// with it does so at its price, however far the tick went beyond. A post-only order never takes.
    fn play_limit(
        &self,
        limit: Price,
        phase: Phase,
        bar: &Bar,
        rule: LimitFill,
    ) -> Option<Execution> {
        let side = self.intent.side;
        let in_book = self.rested && bar.ts_open == bar.ts_close;
        match phase {
            Phase::Open if is_reached(side, limit, bar.open, rule) => {
                let makes = in_book || self.intent.terms.post_only;
                Some(if makes {
                    Execution::maker(limit)
                } else {
                    Execution::taker(bar.open, false, None)
                })
            }
            Phase::Limits => is_reached(side, limit, extreme_against(side.opposite(), bar), rule)
                .then(|| Execution::maker(limit)),
            _ => None,
        }
    }

    /// Returns the price at which the wait ends in this phase.
    fn trigger(&mut self, phase: Phase, bar: &Bar) -> Result<Option<Price>> {
        let side = self.intent.side;
        let adverse = extreme_against(side, bar);
        Ok(match (&mut self.working, phase) {
            (Working::Stop { trigger, .. }, Phase::Open) => {
                is_adverse(side, *trigger, bar.open).then_some(bar.open)
            }
            (Working::Stop { trigger, .. }, Phase::Stops | Phase::LateStops) => {
                is_adverse(side, *trigger, adverse).then(|| worse(side, *trigger, bar.open))
            }
            (Working::Touch { trigger, .. }, Phase::Open) => {
                is_adverse(side.opposite(), *trigger, bar.open).then_some(bar.open)
            }
            (Working::Touch { trigger, .. }, Phase::Limits) => {
                let favourable = extreme_against(side.opposite(), bar);
                is_adverse(side.opposite(), *trigger, favourable).then_some(*trigger)
            }
            (Working::Trailing { distance, best }, Phase::Open) => {
                let stop = best.map(|best| distance.stop(side, best)).transpose()?;
                if stop.is_some_and(|stop| is_adverse(side, stop, bar.open)) {
                    return Ok(Some(bar.open));
                }
                *best = Some(followed(side, *best, bar.open));
                None
            }
            (Working::Trailing { distance, best }, Phase::Stops | Phase::LateStops) => {
                // The adverse extreme meets the stop before the favourable one has moved it; only the close is certain to
                // come after both.
                let settles = phase == Phase::LateStops && self.placed_in != Some(Phase::Limits);
                let Some(mut known) = *best else { return Ok(None) };
                if settles {
                    known = followed(side, Some(known), extreme_against(side.opposite(), bar));
                    *best = Some(known);
                }
                let stop = distance.stop(side, known)?;
                let against = if settles { bar.close } else { adverse };
                is_adverse(side, stop, against).then_some(stop)
            }
            _ => None,
        })
    }

    /// Lets a trailing stop follow the close of an event, which is certainly past.
    pub(crate) fn follow(&mut self, close: Price) {
        if let Working::Trailing { best: Some(best), .. } = &mut self.working {
            *best = followed(self.intent.side, Some(*best), close);
        }
    }
}

/// Returns the extreme of the bar that is worst for this side: a seller's low, a buyer's high.
fn extreme_against(side: Side, bar: &Bar) -> Price {
    match side {
        Side::Sell => bar.low,
        Side::Buy => bar.high,
    }
}

fn is_adverse(side: Side, trigger: Price, price: Price) -> bool {
    match side {
        Side::Sell => price <= trigger,
        Side::Buy => price >= trigger,
    }
}

fn worse(side: Side, one: Price, other: Price) -> Price {
    match side {
        Side::Sell => one.min(other),
        Side::Buy => one.max(other),
    }
}

/// The best price that a trailing stop follows after a further price: a seller's highest, a buyer's lowest.
fn followed(side: Side, best: Option<Price>, price: Price) -> Price {
    best.map_or(price, |best| worse(side.opposite(), best, price))
}

/// Returns whether the market at a price fills a limit.
fn is_reached(side: Side, limit: Price, price: Price, rule: LimitFill) -> bool {
    let (lower, upper) = match side {
        Side::Buy => (price, limit),
        Side::Sell => (limit, price),
    };
    match rule {
        LimitFill::Touch => lower <= upper,
        LimitFill::Through => lower < upper,
    }
}
