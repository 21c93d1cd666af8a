//! The largest quantity that would pass, for an order that was denied for its size alone.

use holdfast_core::Quantity;

/// What a control says to a quantity: whether it is too large, and whether the order passes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// Whether a control of sizes denies it.
    pub too_large: bool,
    /// Whether every control passes.
    pub passes: bool,
}

/// Returns the largest quantity below `denied` that passes when it is judged, if any does.
///
/// Being too large is monotone in the quantity, so a quantity that is not, beside one that is, is the largest: a good `guess`
/// takes two trials, and without one it is found by halving, in 63 at most. It may fail a smallest size; then only what reduces
/// the position can pass, up to `reducible`.
pub fn largest_passing(
    denied: Quantity,
    reducible: i64,
    guess: Option<i64>,
    mut judge: impl FnMut(Quantity) -> Tried,
) -> Option<Quantity> {
    let (mut fits, mut too_large) = (0_i64, denied.lots());
    for step in [0, 1] {
        let Some(tried) = guess.and_then(|guess| guess.checked_add(step)) else { continue };
        if tried <= fits || tried >= too_large {
            continue;
        }
        if judge(Quantity::from_lots(tried)).too_large {
            too_large = tried;
        } else {
            fits = tried;
        }
    }
    while too_large - fits > 1 {
        let middle = fits + (too_large - fits) / 2;
        if judge(Quantity::from_lots(middle)).too_large {
            too_large = middle;
        } else {
            fits = middle;
        }
    }
    let found = [fits, reducible.min(fits)]
        .into_iter()
        .map(Quantity::from_lots)
        .find(|lots| lots.lots() > 0 && judge(*lots).passes);
    if found.is_some() || fits <= 1 || !judge(Quantity::from_lots(1)).passes {
        return found;
    }
    // Something that is no matter of size fails there, and not for the smallest order.
    let (mut passing, mut failing) = (1, fits);
    while failing - passing > 1 {
        let middle = passing + (failing - passing) / 2;
        if judge(Quantity::from_lots(middle)).passes {
            passing = middle;
        } else {
            failing = middle;
        }
    }
    Some(Quantity::from_lots(passing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Nothing is too large below 90, and from 31 on something fails that is no matter of size.
    #[test]
    fn finds_the_largest_that_passes_where_something_beside_size_fails_in_between() {
        let judge =
            |lots: Quantity| Tried { too_large: lots.lots() > 90, passes: lots.lots() <= 30 };
        for guess in [None, Some(20), Some(90), Some(500)] {
            let found = largest_passing(Quantity::from_lots(100), 0, guess, judge);
            assert_eq!(found, Some(Quantity::from_lots(30)), "{guess:?}");
        }
    }

    proptest! {
        #[test]
        fn finds_what_a_search_through_all_quantities_finds(
            denied in 1_i64..200, most in 0_i64..200, least in 0_i64..60, reducible in 0_i64..20,
            guess in prop::option::of(prop_oneof![-5_i64..205, Just(i64::MAX)]),
        ) {
            let judge = |lots: Quantity| {
                let too_large = lots.lots() > most && lots.lots() > reducible;
                let too_small = lots.lots() < least && lots.lots() > reducible;
                Tried { too_large, passes: !too_large && !too_small }
            };
            prop_assume!(judge(Quantity::from_lots(denied)).too_large);
            let expected = (1..denied).rev().map(Quantity::from_lots).find(|lots| judge(*lots).passes);
            prop_assert_eq!(largest_passing(Quantity::from_lots(denied), reducible, guess, judge), expected);
        }
    }
}
