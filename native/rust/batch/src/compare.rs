//! The comparison of one order, without a branch and without a look at its neighbours, so that a loop over it compiles to the
//! widest vectors of the function that it is inlined into: one text serves AVX-512, AVX2 and plain code. `neon` is its twin.

use crate::bounds::{Band, Bounds, Limit};

/// An order that was not compared, because a product of its numbers could leave 62 bits: somebody else has to judge it.
pub const UNJUDGED: u64 = 1 << 63;
/// The number that stands for no stop.
pub const NO_STOP: i64 = i64::MIN;

/// Orders of one kind as one array each of lots, prices and stops.
#[derive(Debug, Clone, Copy)]
pub struct Orders<'a> {
    /// Quantities.
    pub lots: &'a [i64],
    /// Prices; the reference price for an order that names none.
    pub ticks: &'a [i64],
    /// Stops, or `NO_STOP`.
    pub stops: &'a [i64],
}

/// Returns the bit where it holds, without a branch.
#[inline(always)]
const fn set(bit: u64, holds: bool) -> u64 {
    bit & (holds as u64).wrapping_neg()
}

#[inline(always)]
const fn above(value: i64, limit: &Limit) -> u64 {
    set(limit.bit, value > limit.bound)
}

#[inline(always)]
const fn below(value: i64, limit: &Limit) -> u64 {
    set(limit.bit, value < limit.bound)
}

#[inline(always)]
const fn outside(value: i64, band: &Band) -> u64 {
    set(band.bit, (value < band.low) | (value > band.high))
}

#[inline(always)]
const fn larger(one: i64, other: i64) -> i64 {
    if one > other { one } else { other }
}

/// Compares one order. Products wrap only for an order that is not compared.
#[inline(always)]
pub(crate) fn compared(bounds: &Bounds, lots: i64, ticks: i64, stop: i64) -> u64 {
    let (buys, sells) = if bounds.is_buy { (lots, 0) } else { (0, lots) };
    let most = bounds.most.wrapping_add(buys);
    let least = bounds.least.wrapping_sub(sells);
    let worst = larger(larger(most, least.wrapping_neg()), bounds.held);
    let dearer = larger(ticks, bounds.mark);
    let value = ticks.wrapping_mul(lots);
    let cost = dearer.wrapping_mul(lots);
    let exposure = dearer.wrapping_mul(worst);
    let mut opening = bounds.opening
        | above(lots, &bounds.lots_most)
        | below(lots, &bounds.lots_least)
        | above(value, &bounds.value_most[0])
        | above(value, &bounds.value_most[1])
        | below(value, &bounds.value_least)
        | above(cost, &bounds.cost_most)
        | above(worst, &bounds.worst_most)
        | below(least, &bounds.least_least)
        | outside(dearer.wrapping_mul(most), &bounds.sided[0])
        | outside(dearer.wrapping_mul(least), &bounds.sided[1]);
    for limit in &bounds.exposure_most {
        opening |= above(exposure, limit);
    }
    let protects = if bounds.is_buy { stop < ticks } else { stop > ticks };
    opening |= set(bounds.stop_bit, (stop == NO_STOP) | !protects);
    let far = |anchor: i64| larger(ticks.wrapping_sub(anchor), anchor.wrapping_sub(ticks));
    let is_second = far(bounds.anchors[1]) > far(bounds.anchors[0]);
    let [first, second] = [outside(ticks, &bounds.collars[0]), outside(ticks, &bounds.collars[1])];
    let collar = if is_second { second } else { first };
    let opens = lots > bounds.reducible;
    let reducing = bounds.reducing | set(collar, bounds.collars_reducing);
    let any = above(lots, &bounds.largest)
        | outside(ticks, &bounds.prices[0])
        | outside(ticks, &bounds.prices[1]);
    let failed = any | if opens { opening | collar } else { reducing };
    let is_whole = (lots > 0)
        & (lots <= bounds.lots_max)
        & (ticks > 0)
        & (ticks <= bounds.ticks_max)
        & ((stop > 0) | (stop == NO_STOP));
    if is_whole { failed } else { UNJUDGED }
}

/// Compares every order.
#[inline(always)]
pub(crate) fn compare_all(bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    let each = orders.lots.iter().zip(orders.ticks).zip(orders.stops).zip(failed);
    for (((lots, ticks), stop), failed) in each {
        *failed = compared(bounds, *lots, *ticks, *stop);
    }
}
