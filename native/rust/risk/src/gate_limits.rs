//! Other limits for a gate that is at work, and the numbers that tell its state.

use crate::gate::{Gate, WHOLE};
use crate::limit_schedule::{ChangeCause, LimitsChange};
use holdfast_core::persist::PersistParts;
use holdfast_core::{InstrumentSpec, Result, Timestamp};

impl Gate {
    /// Takes a wish for other limits. With the second key the governor permits all of every size again.
    ///
    /// # Errors
    /// As `LimitSchedule::request`; nothing changes then.
    pub fn change_limits(
        &mut self,
        change: &LimitsChange,
        instruments: &[&InstrumentSpec],
        now: Timestamp,
    ) -> Result<ChangeCause> {
        let cause = self.schedule.request(change, instruments, now)?;
        if cause == ChangeCause::LoosenedByKey {
            self.governor = WHOLE;
        }
        self.fit_to_limits()?;
        Ok(cause)
    }

    /// Puts limits in force that have become due.
    ///
    /// # Errors
    /// `AMOUNT_OVERFLOW`.
    #[inline]
    pub fn advance_limits(&mut self, now: Timestamp) -> Result<Option<ChangeCause>> {
        if now.0 < self.schedule.next_ns() {
            return Ok(None);
        }
        let cause = self.schedule.advance(now);
        self.fit_to_limits()?;
        Ok(cause)
    }

    /// Returns the gate's state where `advance_limits` would change it: an input that is refused without a record puts it back.
    #[must_use]
    pub fn image_before_limits(&self, now: Timestamp) -> Option<Vec<u8>> {
        (now.0 >= self.schedule.next_ns()).then(|| {
            let mut image = Vec::new();
            self.save_parts(&mut image);
            image
        })
    }

    /// Returns the state that limits and signals gave the gate, as numbers; nothing for a gate that heard of none and whose
    /// limits keep none.
    pub fn words(&self) -> Vec<i128> {
        let mut words = Vec::new();
        let budgets = self.venue_budgets.iter().chain(&self.strategy_budgets);
        words.extend(
            budgets.filter(|each| each.0.is_some()).map(|each| i128::from(each.1.full_at())),
        );
        words.extend(self.recent.sent().map(|(ts, _)| i128::from(*ts)));
        for (place, (fills, disabled)) in self.executions.iter().enumerate() {
            words.extend(fills.times().map(|ts| i128::from(*ts)));
            words.extend(disabled.then_some(-1 - place as i128));
        }
        if self.limits().price_collar_window_ns.is_some() {
            for (anchor, before) in self.collars.iter().map(crate::collar::Collar::anchors) {
                let (price, began) = anchor.map_or((i64::MIN, 0), |(at, ts)| (at.ticks(), ts));
                words.extend([i128::from(price), i128::from(began)]);
                words.push(before.map_or(i128::MIN, |price| price.ticks().into()));
            }
        }
        let halted = self.halted.iter().enumerate().filter(|(_, halted)| **halted);
        words.extend(halted.map(|(place, _)| place as i128));
        words.extend((self.breakers != 0).then_some(i128::from(self.breakers)));
        words.extend(self.account_confirmed.map(|ts| i128::from(ts.0)));
        words.extend(self.clock_offset_ns.map(i128::from));
        for measured in self.measures.all() {
            words.extend(measured.to_values().1.into_iter().map(i128::from));
        }
        let governor = self.governor;
        words.extend((governor != WHOLE).then_some(i128::from(governor.millionths())));
        words
    }
}
