//! A judgement that changes nothing: what the gate would say to an order now.

use crate::engine::Engine;
use holdfast_core::{Code, Error, ManualClock, OrderIntent, Result, Timestamp};
use holdfast_risk::{Quiet, Verdict};

impl Engine {
    /// Judges an order as if it were submitted at an instant, own orders that it would meet and the largest quantity that
    /// would pass included. Nothing of the state changes; limits whose time comes at that instant are not in force yet.
    ///
    /// # Errors
    /// `EVENT_INVALID` when time runs back, `ORDER_INVALID`, `INSTRUMENT_UNKNOWN`, `QTY_OUT_OF_RANGE`, `AMOUNT_OVERFLOW`.
    pub fn check_at(&mut self, intent: &OrderIntent, ts: Timestamp) -> Result<Box<Verdict>> {
        self.check_quietly_at(intent, ts, None)
    }

    /// As `check_at`, for somebody to whom some values of an order that passes are no news. A denial is always whole.
    ///
    /// # Errors
    /// As `check_at`.
    pub fn check_quietly_at(
        &mut self,
        intent: &OrderIntent,
        ts: Timestamp,
        quiet: Option<&Quiet>,
    ) -> Result<Box<Verdict>> {
        let before = self.now();
        if ts < before {
            return Err(Error::new(
                Code::EventInvalid,
                format!("time must not run back, was {} ns after {} ns", ts.0, before.0),
            )
            .with("ts_ns", ts.0));
        }
        intent.validate()?;
        self.state(intent.instrument)?;
        let mut verdict = self.verdict_memory();
        self.clock.advance(ts);
        let judged = self.judge_now(intent, quiet, &mut verdict);
        self.clock = ManualClock::default();
        self.clock.advance(before);
        judged.map(|()| verdict)
    }

    fn judge_now(
        &mut self,
        intent: &OrderIntent,
        quiet: Option<&Quiet>,
        verdict: &mut Verdict,
    ) -> Result<()> {
        self.judge_and_separate(intent, quiet, verdict)?;
        if verdict.denied_for_size() {
            verdict.suggested = self.suggest(intent)?;
        }
        Ok(())
    }
}
