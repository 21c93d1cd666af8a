//! Picks the widest vectors that the processor has, once a chunk.

use crate::portfolio::{Kernel, play};

/// Fills `out` with the outcomes of the scenarios from `first` on.
pub(crate) fn play_widest(kernel: &Kernel, first: u32, out: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            // SAFETY: the features were just found on this processor.
            unsafe { avx512(kernel, first, out) };
            return;
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: as above.
            unsafe { avx2(kernel, first, out) };
            return;
        }
    }
    play(kernel, first, out);
}

/// Work whose inner loops are inlined into its `run`, so that they are compiled for the vectors of whoever calls it.
pub(crate) trait Work {
    /// What it answers.
    type Answer;
    /// Does it; implementations are `#[inline(always)]`.
    fn run(self) -> Self::Answer;
}

/// Runs work on the widest vectors. Nothing is fused, so that its answer does not depend on them.
pub(crate) fn on_widest<W: Work>(work: W) -> W::Answer {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            // SAFETY: the features were just found on this processor.
            return unsafe { run_avx512(work) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: as above.
            return unsafe { run_avx2(work) };
        }
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn run_avx512<W: Work>(work: W) -> W::Answer {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<W: Work>(work: W) -> W::Answer {
    work.run()
}

/// Names the vectors that `play_widest` uses here.
#[must_use]
pub(crate) fn widest() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            return "avx512";
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return "avx2";
        }
    }
    if cfg!(target_arch = "aarch64") { "neon" } else { "baseline" }
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
fn avx512(kernel: &Kernel, first: u32, out: &mut [f32]) {
    play(kernel, first, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(kernel: &Kernel, first: u32, out: &mut [f32]) {
    play(kernel, first, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is fused and the order of operations is fixed, so that wider vectors change no bit.
    #[test]
    fn nat_19_every_width_gives_the_same_bits() {
        let kernel = Kernel::example(7, 3);
        let mut plain = [0.0; 100];
        play(&kernel, 5, &mut plain);
        let mut widest = [0.0; 100];
        play_widest(&kernel, 5, &mut widest);
        assert_eq!(plain.map(f32::to_bits), widest.map(f32::to_bits));
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            let mut narrower = [0.0; 100];
            // SAFETY: the feature was just found on this processor.
            unsafe { avx2(&kernel, 5, &mut narrower) };
            assert_eq!(plain.map(f32::to_bits), narrower.map(f32::to_bits));
        }
    }

    /// Known answers: the bits of a seed never change, whatever the form of the loops. Batches of 1, 4 and 16 groups.
    #[test]
    fn nat_19_known_outcomes_of_three_sizes() {
        for (order, steps, expected) in [
            (3, 2, 0x5405_441a_e034_c4c9_u64),
            (16, 1, 0xecd2_9b75_5415_602b),
            (70, 3, 0x0b45_0319_699f_4417),
        ] {
            let mut out = [0.0; 1_001];
            play_widest(&Kernel::example(order, steps), u32::MAX - 300, &mut out);
            let hash = out.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, outcome| {
                (hash ^ u64::from(outcome.to_bits())).wrapping_mul(0x100_0000_01b3)
            });
            assert_eq!(hash, expected, "{order} assets, {hash:#x}");
        }
    }
}
