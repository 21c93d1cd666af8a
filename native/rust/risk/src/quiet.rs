//! Which values of a passing order are no news to whoever follows the controls: where nothing else reads a verdict, only the
//! others are worked out and listed.

use crate::control::Control;
use crate::verdict::CHECKS_MAX;
use holdfast_core::{Amount, Fraction};
use std::num::NonZeroU64;

/// On which side of its limit a control passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Values up to the limit pass.
    Most,
    /// Values from the limit on pass.
    Least,
    /// It passes or it does not; there is no nearer.
    State,
}

#[inline]
pub(crate) const fn bound_of(control: Control) -> Bound {
    match control {
        Control::MinQuantity | Control::MinNotional => Bound::Least,
        Control::Equity
        | Control::StopLoss
        | Control::Arithmetic
        | Control::SelfTrade
        | Control::TradingMode
        | Control::MessageRate
        | Control::StrategyMessageRate
        | Control::DuplicateIntent
        | Control::Restricted
        | Control::TradingHours
        | Control::InstrumentState
        | Control::Breaker => Bound::State,
        _ => Bound::Most,
    }
}

/// The limit that a control was judged by last, and up to where a value of it is no news; values of `Least` are turned round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    limit: i128,
    most: i128,
    /// Up to how many millionths a share is no news and within the limit; so few that no product of them overflows.
    parts: Option<NonZeroU64>,
}

impl Known {
    const NOTHING: Self = Self { limit: 0, most: i128::MIN, parts: None };

    fn new(limit: i128, most: i128) -> Self {
        let parts = u64::try_from(most.min(limit)).ok().filter(|parts| *parts < PARTS_MAX);
        Self { limit, most, parts: parts.and_then(|parts| NonZeroU64::new(parts + 1)) }
    }
}

/// Shares beyond it are always divided.
const PARTS_MAX: u64 = 1 << 36;

/// Which values are no news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    known: [Known; CHECKS_MAX],
}

impl Quiet {
    /// Knows nothing, so that everything is news.
    pub(crate) const fn new() -> Self {
        Self { known: [Known::NOTHING; CHECKS_MAX] }
    }

    pub(crate) fn learn(&mut self, control: Control, limit: i128, most: i128) {
        if let Some(known) = self.known.get_mut(control as usize) {
            *known = Known::new(limit, most);
        }
    }

    /// Returns up to where a value is no news, when the control is judged by this limit.
    #[inline]
    fn most(&self, control: Control, limit: i128) -> i128 {
        match self.known.get(control as usize) {
            Some(known) if known.limit == limit => known.most,
            _ => i128::MIN,
        }
    }
}

/// Who reads a judgement: either every check, or those that are news.
pub(crate) trait Reader: Copy {
    /// Whether a passing check need not be listed.
    fn passes_over(self, control: Control, limit: Option<i128>, observed: i128) -> bool;

    /// As `passes_over` of `value ÷ whole` in millionths rounded up, which need not be divided for it. Says so only where that
    /// division could not fail, and never of a value above its limit.
    fn passes_over_share(
        self,
        control: Control,
        limit: Option<Fraction>,
        share: (Amount, Amount),
    ) -> bool;
}

/// Reads every check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole;

impl Reader for Whole {
    #[inline(always)]
    fn passes_over(self, _: Control, _: Option<i128>, _: i128) -> bool {
        false
    }

    #[inline(always)]
    fn passes_over_share(self, _: Control, _: Option<Fraction>, _: (Amount, Amount)) -> bool {
        false
    }
}

impl Reader for &Quiet {
    #[inline(always)]
    fn passes_over(self, control: Control, limit: Option<i128>, observed: i128) -> bool {
        let Some(limit) = limit else { return true };
        match bound_of(control) {
            Bound::State => true,
            Bound::Most => observed <= self.most(control, limit),
            Bound::Least => -observed <= self.most(control, limit),
        }
    }

    #[inline(always)]
    fn passes_over_share(
        self,
        control: Control,
        limit: Option<Fraction>,
        (value, whole): (Amount, Amount),
    ) -> bool {
        // Values below 2¹⁰⁵ and wholes below 2⁹⁰ are divided without an overflow, and both products fit 128 bits; a number
        // below zero has an upper half that is larger than any of these.
        let (value, whole) = (value.raw().cast_unsigned(), whole.raw().cast_unsigned());
        if (value >> 64) as u64 >= 1 << 41 || (whole >> 64) as u64 >= 1 << 26 || whole == 0 {
            return false;
        }
        let Some(limit) = limit else { return true };
        match self.known.get(control as usize) {
            Some(Known { limit: known, parts: Some(behind), .. })
                if *known == i128::from(limit.millionths()) =>
            {
                value * Fraction::PARTS.cast_unsigned() <= whole * u128::from(behind.get() - 1)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// A share is passed over exactly where its division says that it is no news and within the limit.
        #[test]
        fn a_share_is_no_news_exactly_when_its_rounded_value_is_not(
            whole in 1_i128..1 << 90, shift in 0_u32..90, most in -1_i128..3_000_000, near in -2_i128..=2,
            limit in 0_i64..3_000_000, anywhere in prop::option::of(0_i128..1 << 105), judged in 0_i64..2,
        ) {
            let whole = Amount::from_raw((whole >> shift).max(1));
            let mut quiet = Quiet::new();
            quiet.learn(Control::Leverage, i128::from(limit), most);
            let edge = whole.raw() * most / Fraction::PARTS;
            let value = Amount::from_raw(anywhere.unwrap_or(edge + near).clamp(0, (1 << 105) - 1));
            let observed = i128::from(Fraction::of(value, whole).unwrap().millionths());
            let by = Some(Fraction::from_millionths(limit + judged));
            let expected = judged == 0 && observed <= most && observed <= i128::from(limit);
            prop_assert_eq!((&quiet).passes_over_share(Control::Leverage, by, (value, whole)), expected);
            prop_assert!((&quiet).passes_over_share(Control::Leverage, None, (value, whole)));
            prop_assert!(!Whole.passes_over_share(Control::Leverage, None, (value, whole)));
        }
    }

    #[test]
    fn a_value_is_no_news_up_to_what_was_learnt_of_its_limit() {
        let mut quiet = Quiet::new();
        assert!(!(&quiet).passes_over(Control::OpenOrders, Some(0), 0), "nothing is known yet");
        quiet.learn(Control::OpenOrders, 10, 4);
        quiet.learn(Control::MinQuantity, 5, -9);
        let over = |control, limit, observed| (&quiet).passes_over(control, limit, observed);
        assert!(over(Control::OpenOrders, Some(10), 4) && !over(Control::OpenOrders, Some(10), 5));
        assert!(!over(Control::OpenOrders, Some(11), 4), "another limit");
        assert!(over(Control::MinQuantity, Some(5), 9) && !over(Control::MinQuantity, Some(5), 8));
        assert!(over(Control::OpenOrders, None, 99) && over(Control::StopLoss, Some(1), 99));
        assert!(!Whole.passes_over(Control::OpenOrders, None, 0));
        let share = (Amount::from_raw(1), Amount::from_raw(1 << 40));
        let bound = Some(Fraction::from_millionths(1 << 40));
        for (most, expected) in
            [(1 << 36, false), ((1 << 36) - 1, true), (1, true), (0, false), (-1, false)]
        {
            quiet.learn(Control::Leverage, 1 << 40, most);
            assert_eq!(
                (&quiet).passes_over_share(Control::Leverage, bound, share),
                expected,
                "{most}"
            );
        }
        let shares = [(-1, 1), (1 << 105, 1), (1, 0), (1, 1 << 90)];
        for (value, whole) in shares {
            let share = (Amount::from_raw(value), Amount::from_raw(whole));
            assert!(!(&quiet).passes_over_share(Control::Leverage, None, share), "{share:?}");
        }
    }
}
