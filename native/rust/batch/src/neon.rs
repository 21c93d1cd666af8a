//! The comparison of two orders at once in the registers of NEON, by its own instructions. It says what `compare` says, step
//! by step, since the compiler has no vector product of 64-bit integers to make of it by itself.

use crate::bounds::{Band, Bounds, Limit};
use crate::compare::{NO_STOP, Orders, UNJUDGED, compared};
use core::arch::aarch64::{
    int64x2_t, uint64x2_t, vaddq_s64, vandq_u64, vbslq_s64, vbslq_u64, vceqq_s64, vcgtq_s64,
    vcleq_s64, vcltq_s64, vcombine_s64, vcreate_s64, vdupq_n_s64, vdupq_n_u64, vgetq_lane_u64,
    vmlal_u32, vmovn_u64, vmull_u32, vnegq_s64, vorrq_u64, vreinterpretq_s64_u64,
    vreinterpretq_u64_s64, vshlq_n_u64, vshrn_n_u64, vsubq_s64,
};

#[inline]
#[target_feature(enable = "neon")]
fn pair([one, other]: [i64; 2]) -> int64x2_t {
    vcombine_s64(vcreate_s64(one.cast_unsigned()), vcreate_s64(other.cast_unsigned()))
}

#[inline]
#[target_feature(enable = "neon")]
fn larger(one: int64x2_t, other: int64x2_t) -> int64x2_t {
    vbslq_s64(vcgtq_s64(one, other), one, other)
}

/// The low 64 bits of the products, of three products of halves.
#[inline]
#[target_feature(enable = "neon")]
fn times(one: int64x2_t, other: int64x2_t) -> int64x2_t {
    let (one, other) = (vreinterpretq_u64_s64(one), vreinterpretq_u64_s64(other));
    let (low, other_low) = (vmovn_u64(one), vmovn_u64(other));
    let (high, other_high) = (vshrn_n_u64::<32>(one), vshrn_n_u64::<32>(other));
    let crossed = vmlal_u32(vmull_u32(low, other_high), high, other_low);
    vreinterpretq_s64_u64(vmlal_u32(vshlq_n_u64::<32>(crossed), low, other_low))
}

/// The bit where the mask holds.
#[inline]
#[target_feature(enable = "neon")]
fn set(bit: u64, mask: uint64x2_t) -> uint64x2_t {
    vandq_u64(vdupq_n_u64(bit), mask)
}

#[inline]
#[target_feature(enable = "neon")]
fn above(value: int64x2_t, limit: &Limit) -> uint64x2_t {
    set(limit.bit, vcgtq_s64(value, vdupq_n_s64(limit.bound)))
}

#[inline]
#[target_feature(enable = "neon")]
fn below(value: int64x2_t, limit: &Limit) -> uint64x2_t {
    set(limit.bit, vcltq_s64(value, vdupq_n_s64(limit.bound)))
}

#[inline]
#[target_feature(enable = "neon")]
fn outside(value: int64x2_t, band: &Band) -> uint64x2_t {
    let low = vcltq_s64(value, vdupq_n_s64(band.low));
    set(band.bit, vorrq_u64(low, vcgtq_s64(value, vdupq_n_s64(band.high))))
}

/// What an order sets that opens something, the collar apart.
#[inline]
#[target_feature(enable = "neon")]
fn opening(bounds: &Bounds, [lots, ticks, stop]: [int64x2_t; 3]) -> uint64x2_t {
    let (most, least) = (vdupq_n_s64(bounds.most), vdupq_n_s64(bounds.least));
    let (most, least) = match bounds.is_buy {
        true => (vaddq_s64(most, lots), least),
        false => (most, vsubq_s64(least, lots)),
    };
    let worst = larger(larger(most, vnegq_s64(least)), vdupq_n_s64(bounds.held));
    let dearer = larger(ticks, vdupq_n_s64(bounds.mark));
    let (value, cost) = (times(ticks, lots), times(dearer, lots));
    let exposure = times(dearer, worst);
    let mut failed = vdupq_n_u64(bounds.opening);
    for bits in [
        above(lots, &bounds.lots_most),
        below(lots, &bounds.lots_least),
        above(value, &bounds.value_most[0]),
        above(value, &bounds.value_most[1]),
        below(value, &bounds.value_least),
        above(cost, &bounds.cost_most),
        above(worst, &bounds.worst_most),
        below(least, &bounds.least_least),
        outside(times(dearer, most), &bounds.sided[0]),
        outside(times(dearer, least), &bounds.sided[1]),
    ] {
        failed = vorrq_u64(failed, bits);
    }
    for limit in &bounds.exposure_most {
        failed = vorrq_u64(failed, above(exposure, limit));
    }
    let unprotected = match bounds.is_buy {
        true => vcleq_s64(ticks, stop),
        false => vcleq_s64(stop, ticks),
    };
    let missing = vceqq_s64(stop, vdupq_n_s64(NO_STOP));
    vorrq_u64(failed, set(bounds.stop_bit, vorrq_u64(missing, unprotected)))
}

/// What an order sets whose price is outside the band around the farther anchor.
#[inline]
#[target_feature(enable = "neon")]
fn collar(bounds: &Bounds, ticks: int64x2_t) -> uint64x2_t {
    let [first, second] = bounds.anchors.map(|anchor| {
        let anchor = vdupq_n_s64(anchor);
        larger(vsubq_s64(ticks, anchor), vsubq_s64(anchor, ticks))
    });
    let [near, far] = [outside(ticks, &bounds.collars[0]), outside(ticks, &bounds.collars[1])];
    vbslq_u64(vcgtq_s64(second, first), far, near)
}

#[inline]
#[target_feature(enable = "neon")]
fn compared_pair(bounds: &Bounds, lots: [i64; 2], ticks: [i64; 2], stops: [i64; 2]) -> [u64; 2] {
    let [lots, ticks, stop] = [pair(lots), pair(ticks), pair(stops)];
    let collar = collar(bounds, ticks);
    let opening = vorrq_u64(opening(bounds, [lots, ticks, stop]), collar);
    let reducing = vdupq_n_u64(bounds.reducing);
    let reducing = if bounds.collars_reducing { vorrq_u64(reducing, collar) } else { reducing };
    let opens = vcgtq_s64(lots, vdupq_n_s64(bounds.reducible));
    let prices = vorrq_u64(outside(ticks, &bounds.prices[0]), outside(ticks, &bounds.prices[1]));
    let any = vorrq_u64(above(lots, &bounds.largest), prices);
    let failed = vorrq_u64(any, vbslq_u64(opens, opening, reducing));
    let zero = vdupq_n_s64(0);
    let missing = vceqq_s64(stop, vdupq_n_s64(NO_STOP));
    let mut is_whole = vorrq_u64(vcgtq_s64(stop, zero), missing);
    for mask in [
        vcgtq_s64(lots, zero),
        vcleq_s64(lots, vdupq_n_s64(bounds.lots_max)),
        vcgtq_s64(ticks, zero),
        vcleq_s64(ticks, vdupq_n_s64(bounds.ticks_max)),
    ] {
        is_whole = vandq_u64(is_whole, mask);
    }
    let told = vbslq_u64(is_whole, failed, vdupq_n_u64(UNJUDGED));
    [vgetq_lane_u64::<0>(told), vgetq_lane_u64::<1>(told)]
}

/// Compares every order, as many as the shortest of the arrays holds; the last of an odd number alone.
#[target_feature(enable = "neon")]
pub(crate) fn compare_pairs(bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    let lengths = [orders.lots.len(), orders.ticks.len(), orders.stops.len(), failed.len()];
    let count = lengths.into_iter().min().unwrap_or(0);
    let (lots, last_lots) = orders.lots.split_at(count).0.as_chunks::<2>();
    let (ticks, last_ticks) = orders.ticks.split_at(count).0.as_chunks::<2>();
    let (stops, last_stops) = orders.stops.split_at(count).0.as_chunks::<2>();
    let (pairs, last) = failed.split_at_mut(count).0.as_chunks_mut::<2>();
    for (((lots, ticks), stops), failed) in lots.iter().zip(ticks).zip(stops).zip(pairs) {
        *failed = compared_pair(bounds, *lots, *ticks, *stops);
    }
    let rest = last_lots.iter().zip(last_ticks).zip(last_stops).zip(last);
    for (((lots, ticks), stop), failed) in rest {
        *failed = compared(bounds, *lots, *ticks, *stop);
    }
}
