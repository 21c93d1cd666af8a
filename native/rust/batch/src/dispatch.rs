//! Picks the widest vectors that the processor has, once a call.

use crate::bounds::Bounds;
use crate::compare::{Orders, compare_all};
#[cfg(target_arch = "aarch64")]
use crate::neon;

/// How wide the vectors of a comparison are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// What every processor of the kind has.
    Baseline,
    /// 128 bits of an ARM processor.
    Neon,
    /// 256 bits.
    Avx2,
    /// 512 bits.
    Avx512,
}

impl Width {
    /// Returns the widths that this processor has, the widest last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut widths = vec![Self::Baseline];
        widths.extend(has_neon().then_some(Self::Neon));
        widths.extend(has_avx2().then_some(Self::Avx2));
        widths.extend(has_avx512().then_some(Self::Avx512));
        widths
    }

    /// Returns the widest that this processor has.
    #[must_use]
    pub fn widest() -> Self {
        if has_avx512() {
            Self::Avx512
        } else if has_avx2() {
            Self::Avx2
        } else if has_neon() {
            Self::Neon
        } else {
            Self::Baseline
        }
    }

    /// Returns the name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Neon => "neon",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

/// Compares every order in the widest vectors; as many as the shortest of the arrays holds.
pub fn compare(bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    compare_with(Width::widest(), bounds, orders, failed);
}

/// As `compare`, in vectors of a width; one that the processor lacks is the widest that it has.
pub fn compare_with(width: Width, bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    #[cfg(target_arch = "x86_64")]
    {
        if width == Width::Avx512 && has_avx512() {
            // SAFETY: the features were just found on this processor.
            unsafe { avx512(bounds, orders, failed) };
            return;
        }
        if width != Width::Baseline && has_avx2() {
            // SAFETY: as above.
            unsafe { avx2(bounds, orders, failed) };
            return;
        }
    }
    #[cfg(target_arch = "aarch64")]
    if width != Width::Baseline && has_neon() {
        // SAFETY: the feature was just found on this processor.
        unsafe { neon::compare_pairs(bounds, orders, failed) };
        return;
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = width;
    compare_all(bounds, orders, failed);
}

#[cfg(target_arch = "aarch64")]
fn has_neon() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
}

#[cfg(not(target_arch = "aarch64"))]
const fn has_neon() -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_avx2() -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_avx512() -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn avx512(bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    compare_all(bounds, orders, failed);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(bounds: &Bounds, orders: &Orders<'_>, failed: &mut [u64]) {
    compare_all(bounds, orders, failed);
}
