//! Monte Carlo of a portfolio of correlated assets: profits and losses over a horizon, in single precision on all cores.

use crate::cholesky::LowerTriangle;
use crate::dispatch::{Work, on_widest, play_widest, widest};
use crate::lanes::{LANES, LaneF32, LaneU32, Stages};
use crate::philox::{RoundKeys, ScenarioWords, Stream, key_of, round_keys};
use holdfast_core::{Code, Error, Result};
use rayon::prelude::*;

/// Most assets with a full covariance.
pub const ASSETS_MAX: usize = 512;
/// Most scenarios of one simulation: 256 MiB of outcomes.
pub const SCENARIOS_MAX: u32 = 1 << 26;
/// Most steps of one path.
pub const STEPS_MAX: u32 = 252;
/// Scenarios of one piece of work; the result does not depend on it.
const CHUNK: usize = 8_192;

/// How log-returns become money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payoff {
    /// exposure × log-return: the delta approximation.
    Linear,
    /// exposure × (e^log-return − 1): the exact value of a linear position under geometric Brownian motion.
    Geometric,
}

/// What is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Portfolio {
    /// Signed money in each asset.
    pub exposures: Vec<f64>,
    /// Mean log-return of each asset in one step.
    pub drifts: Vec<f64>,
    /// Cholesky factor of the covariance of log-returns in one step.
    pub factor: LowerTriangle,
    /// How log-returns become money.
    pub payoff: Payoff,
}

/// How it is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Simulation {
    /// Number of paths.
    pub scenarios: u32,
    /// Steps of each path.
    pub steps: u32,
    /// Equal seeds give equal paths, on every device.
    pub seed: u64,
}

/// Profits and losses of all scenarios, in their order.
#[derive(Debug, Clone)]
pub struct Outcomes {
    /// One a scenario.
    pub pnl: Vec<f32>,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_deviation: f64,
    /// The vectors that were used.
    pub device: &'static str,
}

/// Rows of the factor that are multiplied together: their sums do not wait for each other.
const ROWS: usize = 4;

/// The numbers of a simulation in the form that the inner loop reads, padded to whole groups of rows with zeros.
#[derive(Debug)]
pub(crate) struct Kernel {
    /// For each group of rows the entries column by column, up to the last column of the group.
    groups: Vec<Vec<[f32; ROWS]>>,
    drifts: Vec<f32>,
    exposures: Vec<f32>,
    steps: u32,
    keys: RoundKeys,
    payoff: Payoff,
}

impl Portfolio {
    /// Checks sizes and numbers.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field.
    pub fn validate(&self) -> Result<()> {
        let order = self.factor.order;
        let invalid = |message: String| Err(Error::new(Code::ArgumentInvalid, message));
        if order == 0 || order > ASSETS_MAX {
            return invalid(format!("assets must number 1 to {ASSETS_MAX}, were {order}"));
        }
        for (name, values) in [("exposures", &self.exposures), ("drifts", &self.drifts)] {
            if values.len() != order {
                return invalid(format!("{name} must number {order}, were {}", values.len()));
            }
            if let Some(wrong) = values.iter().position(|value| !(*value as f32).is_finite()) {
                return invalid(format!("{name} must be finite, {wrong} is {}", values[wrong]));
            }
        }
        Ok(())
    }

    /// Simulates all scenarios on all cores.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field, `SIMULATION_NOT_FINITE` with the count of outcomes that are no numbers.
    pub fn simulate(&self, simulation: &Simulation) -> Result<Outcomes> {
        self.validate()?;
        simulation.validate()?;
        let kernel = Kernel::new(self, simulation);
        let mut pnl = vec![0.0_f32; simulation.scenarios as usize];
        let chunks: Vec<Moments> = pnl
            .par_chunks_mut(CHUNK)
            .enumerate()
            .map(|(index, out)| {
                play_widest(&kernel, (index * CHUNK) as u32, out);
                on_widest(Measure(out))
            })
            .collect();
        let moments = chunks.into_iter().fold(Moments::default(), Moments::and);
        if moments.not_finite > 0 {
            return Err(Error::new(
                Code::SimulationNotFinite,
                format!("outcomes must be finite, {} were not", moments.not_finite),
            )
            .with("count", moments.not_finite));
        }
        Ok(Outcomes {
            pnl,
            mean: moments.mean,
            standard_deviation: (moments.squares / moments.count.max(1.0)).sqrt(),
            device: widest(),
        })
    }
}

impl Simulation {
    /// Checks the counts.
    ///
    /// # Errors
    /// `ARGUMENT_INVALID` naming the field.
    pub fn validate(&self) -> Result<()> {
        for (name, value, max) in
            [("scenarios", self.scenarios, SCENARIOS_MAX), ("steps", self.steps, STEPS_MAX)]
        {
            if value == 0 || value > max {
                return Err(Error::new(
                    Code::ArgumentInvalid,
                    format!("{name} must be 1 to {max}, were {value}"),
                ));
            }
        }
        Ok(())
    }
}

/// Count, mean and sum of squared deviations, which combine without loss of digits.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
    not_finite: u64,
}

impl Moments {
    #[inline(always)]
    fn of(values: &[f32]) -> Self {
        let count = values.len() as f64;
        let mean = strands(values, |value| value) / count;
        let squares = strands(values, |value| (value - mean) * (value - mean));
        let mut not_finite = 0;
        for value in values {
            not_finite += u32::from(!value.is_finite());
        }
        Self { count, mean, squares, not_finite: u64::from(not_finite) }
    }

    fn and(self, other: Self) -> Self {
        let count = self.count + other.count;
        let difference = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + difference * other.count / count,
            squares: self.squares
                + other.squares
                + difference * difference * self.count * other.count / count,
            not_finite: self.not_finite + other.not_finite,
        }
    }
}

struct Measure<'a>(&'a [f32]);

impl Work for Measure<'_> {
    type Answer = Moments;

    #[inline(always)]
    fn run(self) -> Moments {
        Moments::of(self.0)
    }
}

/// A sum in as many strands as there are lanes, added up in their order.
#[inline(always)]
fn strands(values: &[f32], of: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let whole = values.chunks_exact(LANES);
    let rest: f64 = whole.remainder().iter().map(|value| of(f64::from(*value))).sum();
    for group in whole {
        for lane in 0..LANES {
            sums[lane] += of(f64::from(group[lane]));
        }
    }
    sums.iter().sum::<f64>() + rest
}

impl Kernel {
    fn new(portfolio: &Portfolio, simulation: &Simulation) -> Self {
        let padded = portfolio.factor.order.div_ceil(ROWS) * ROWS;
        let entry = |row: usize, column: usize| {
            portfolio.factor.row(row).get(column).map_or(0.0, |entry| *entry as f32)
        };
        let single = |values: &[f64]| {
            let mut singles: Vec<f32> = values.iter().map(|value| *value as f32).collect();
            singles.resize(padded, 0.0);
            singles
        };
        let group = |first: usize| {
            let column = |column| std::array::from_fn(|row| entry(first + row, column));
            (0..first + ROWS).map(column).collect()
        };
        Self {
            groups: (0..padded).step_by(ROWS).map(group).collect(),
            drifts: single(&portfolio.drifts),
            exposures: single(&portfolio.exposures),
            steps: simulation.steps,
            keys: round_keys(key_of(simulation.seed)),
            payoff: portfolio.payoff,
        }
    }

    #[cfg(test)]
    pub(crate) fn example(order: usize, steps: u32) -> Self {
        let entries = order * (order + 1) / 2;
        let portfolio = Portfolio {
            exposures: (0..order).map(|asset| 1_000.0 - 300.0 * asset as f64).collect(),
            drifts: vec![1e-4; order],
            factor: LowerTriangle {
                order,
                packed: (0..entries).map(|entry| 0.01 + entry as f64 * 1e-4).collect(),
            },
            payoff: Payoff::Geometric,
        };
        Self::new(&portfolio, &Simulation { scenarios: 1, steps, seed: 42 })
    }
}

/// Vectors that go through a function together: few enough for the first cache.
const BATCH: usize = 64;

/// Plays the scenarios from `first` on: sixteen a group, and as many groups together as make a batch. The columns of a batch are
/// variables of their own in one function: what is known of them is lost behind one more reference, and the loops are slower.
#[inline(always)]
pub(crate) fn play(kernel: &Kernel, first: u32, out: &mut [f32]) {
    let assets = kernel.exposures.len();
    let groups_max = (BATCH / assets).max(1);
    let mut normals: Vec<LaneF32> = vec![LaneF32::all(0.0); assets * groups_max];
    let mut returns = normals.clone();
    // Words of the two pairs of normals of each block: distances, then angles.
    let mut lengths: Vec<LaneU32> = vec![LaneU32::all(0); assets * groups_max / 2];
    let mut angles = lengths.clone();
    let mut stages = Stages::new(assets * groups_max);
    let mut words = Vec::with_capacity(groups_max);
    for (index, out) in out.chunks_mut(LANES * groups_max).enumerate() {
        let scenario = first.wrapping_add((index * LANES * groups_max) as u32);
        let groups = out.len().div_ceil(LANES);
        words.clear();
        words.extend((0..groups).map(|group| {
            let scenario = scenario.wrapping_add((group * LANES) as u32);
            ScenarioWords::new(scenario, Stream::Diffusion as u32, &kernel.keys)
        }));
        let (normals, returns) = (&mut normals[..groups * assets], &mut returns[..groups * assets]);
        let pairs = groups * assets / 2;
        let (lengths, angles) = (&mut lengths[..pairs], &mut angles[..pairs]);
        returns.fill(LaneF32::all(0.0));
        for step in 0..kernel.steps {
            let columns =
                lengths.chunks_exact_mut(assets / 2).zip(angles.chunks_exact_mut(assets / 2));
            for (words, (lengths, angles)) in words.iter().zip(columns) {
                let blocks = lengths.chunks_exact_mut(2).zip(angles.chunks_exact_mut(2));
                for (block, (lengths, angles)) in blocks.enumerate() {
                    let [a, b, c, d] = words.at(step, block as u32, &kernel.keys);
                    lengths.copy_from_slice(&[a, c]);
                    angles.copy_from_slice(&[b, d]);
                }
            }
            stages.pairs(lengths, angles, normals);
            for (normals, returns) in
                normals.chunks_exact(assets).zip(returns.chunks_exact_mut(assets))
            {
                advance(kernel, normals, returns);
            }
        }
        for (out, returns) in out.chunks_mut(LANES).zip(returns.chunks_exact(assets)) {
            let total = value(kernel, returns, &mut stages);
            out.copy_from_slice(&total[..out.len()]);
        }
    }
}

/// Adds one step of correlated log-returns.
#[inline(always)]
fn advance(kernel: &Kernel, normals: &[LaneF32], returns: &mut [LaneF32]) {
    let drifts = kernel.drifts.chunks_exact(ROWS);
    for ((group, sums), drifts) in
        kernel.groups.iter().zip(returns.chunks_exact_mut(ROWS)).zip(drifts)
    {
        let mut shocks = [LaneF32::all(0.0); ROWS];
        for (column, normal) in group.iter().zip(normals) {
            for (shock, entry) in shocks.iter_mut().zip(column) {
                for lane in 0..LANES {
                    shock[lane] += entry * normal[lane];
                }
            }
        }
        for ((sum, shock), drift) in sums.iter_mut().zip(&shocks).zip(drifts) {
            let mut next = *sum;
            for lane in 0..LANES {
                next[lane] += drift + shock[lane];
            }
            *sum = next;
        }
    }
}

/// Turns log-returns into money.
#[inline(always)]
fn value(kernel: &Kernel, returns: &[LaneF32], stages: &mut Stages) -> LaneF32 {
    if kernel.payoff == Payoff::Geometric {
        return stages.sum_of_exp_m1(returns, &kernel.exposures);
    }
    let mut total = LaneF32::all(0.0);
    for (exposure, sum) in kernel.exposures.iter().zip(returns) {
        for lane in 0..LANES {
            total[lane] += exposure * sum[lane];
        }
    }
    total
}
