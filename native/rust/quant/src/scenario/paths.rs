//! Plays the paths, sixteen at a time, on all cores.

use super::book::{MarginLanes, Prices};
use super::crossing::crossing;
use super::estimate::not_finite;
use super::model::{PathState, Walk};
use super::option_value::{LaneF64, Quote, exp};
use super::sampling::Sampler;
use super::source::Source;
use super::{Barrier, Book, Plan, key_of};
use crate::dispatch::{Work, on_widest};
use crate::lanes::LANES;
use crate::philox::Stream;
use holdfast_core::Result;
use rayon::prelude::*;

/// Scenarios of one piece of work; the result does not depend on it.
const CHUNK: usize = 1_024;

/// What is kept of the scenarios, in their order.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    pub(crate) profit: Vec<f64>,
    /// Largest fall from a running maximum that starts at 0.
    pub(crate) drawdown: Vec<f64>,
    /// Share of steps that end below the running maximum.
    pub(crate) under_water: Vec<f64>,
    /// Profit and loss of the linear part in log-returns.
    pub(crate) control: Vec<f64>,
    /// Liquidations of each perpetual and hits of each barrier, by replicate.
    pub(crate) liquidations: Vec<[u64; super::REPLICATES as usize]>,
    pub(crate) hits: Vec<[u64; super::REPLICATES as usize]>,
}

/// What all groups read.
struct Stage<'a> {
    plan: &'a Plan,
    walk: &'a dyn Walk,
    sampler: Sampler,
    book: Book,
    /// Money a unit of log-return makes, by asset.
    deltas: Vec<f64>,
    /// Profit and loss at every step: asked for, or needed for margins.
    every_step: bool,
    /// By step what options' values take; empty where it is worked out along the way.
    quotes: Vec<Vec<Quote>>,
}

/// Most quotes that are kept for all steps: beyond, each group of paths works its own out.
const QUOTES_MAX: usize = 1 << 18;

/// The scenarios of one piece of work.
struct Chunk<'a> {
    stage: &'a Stage<'a>,
    first: u32,
    count: u32,
}

impl Work for Chunk<'_> {
    type Answer = Outcomes;

    #[inline(always)]
    fn run(self) -> Outcomes {
        Group::new(self.stage).chunk(self.first, self.count)
    }
}

pub(crate) fn play_all(plan: &Plan) -> Result<Outcomes> {
    let walk = plan.model.walk();
    let size = (plan.steps as usize, walk.factors());
    let sampler = Sampler::new(plan.sampling, key_of(plan.seed), size, plan.scenarios);
    let book = Book::new(&plan.positions, plan.step_years);
    let mut deltas = vec![0.0; walk.assets()];
    for position in &plan.positions {
        deltas[position.asset()] += position.delta();
    }
    let every_step = plan.along_the_path || book.perpetuals > 0;
    let kept = if every_step { plan.steps as usize } else { 1 };
    let quotes = if kept * plan.positions.len() <= QUOTES_MAX {
        let is_priced = |step: u32| every_step || step == plan.steps;
        let at = |step| if is_priced(step) { book.quotes(step) } else { Vec::new() };
        (0..=plan.steps).map(at).collect()
    } else {
        Vec::new()
    };
    let stage = Stage { plan, walk, sampler, book, deltas, every_step, quotes };
    let starts: Vec<u32> = (0..plan.scenarios).step_by(CHUNK).collect();
    let pieces: Vec<Outcomes> = starts
        .into_par_iter()
        .map(|first| {
            let count = (plan.scenarios - first).min(CHUNK as u32);
            on_widest(Chunk { stage: &stage, first, count })
        })
        .collect();
    let mut all = Outcomes {
        liquidations: vec![Default::default(); stage.book.perpetuals],
        hits: vec![Default::default(); plan.barriers.len()],
        ..Outcomes::default()
    };
    for outcomes in pieces {
        all.profit.extend(outcomes.profit);
        all.drawdown.extend(outcomes.drawdown);
        all.under_water.extend(outcomes.under_water);
        all.control.extend(outcomes.control);
        add_counts(&mut all.liquidations, &outcomes.liquidations);
        add_counts(&mut all.hits, &outcomes.hits);
    }
    not_finite(&all.profit)?;
    Ok(all)
}

fn add_counts(
    sums: &mut [[u64; super::REPLICATES as usize]],
    counts: &[[u64; super::REPLICATES as usize]],
) {
    for (sum, count) in sums.iter_mut().flatten().zip(counts.iter().flatten()) {
        *sum += count;
    }
}

/// The paths of one group, and what they remember.
struct Group<'a> {
    stage: &'a Stage<'a>,
    /// Normals of each lane's path, step by step.
    normals: Vec<Vec<f64>>,
    bridge: Vec<f64>,
    returns: Vec<f64>,
    sources: [Option<Source>; LANES],
    states: Vec<PathState>,
    log_returns: Vec<LaneF64>,
    growth: Vec<LaneF64>,
    ratios: Vec<LaneF64>,
    inverse_ratios: Vec<LaneF64>,
    margins: Vec<MarginLanes>,
    hit: Vec<[bool; LANES]>,
}

impl<'a> Group<'a> {
    fn new(stage: &'a Stage<'a>) -> Self {
        let (assets, steps) = (stage.walk.assets(), stage.plan.steps as usize);
        Self {
            stage,
            normals: vec![vec![0.0; steps * stage.walk.factors()]; LANES],
            bridge: vec![0.0; steps],
            returns: vec![0.0; assets],
            sources: [None; LANES],
            states: vec![PathState::default(); LANES],
            log_returns: vec![[0.0; LANES]; assets],
            growth: vec![[1.0; LANES]; assets],
            ratios: vec![[1.0; LANES]; assets],
            inverse_ratios: vec![[1.0; LANES]; assets],
            margins: vec![MarginLanes::NEW; stage.book.perpetuals],
            hit: vec![[false; LANES]; stage.plan.barriers.len()],
        }
    }

    #[inline(always)]
    fn chunk(mut self, first: u32, count: u32) -> Outcomes {
        let plan = self.stage.plan;
        let mut outcomes = Outcomes {
            liquidations: vec![Default::default(); self.stage.book.perpetuals],
            hits: vec![Default::default(); plan.barriers.len()],
            ..Outcomes::default()
        };
        for start in (first..first + count).step_by(LANES) {
            let members = (first + count - start).min(LANES as u32);
            self.begin(start, members);
            self.play(members as usize, &mut outcomes);
            for lane in 0..members as usize {
                let replicate = plan.sampling.replicate(start + lane as u32) as usize;
                for (counts, margins) in outcomes.liquidations.iter_mut().zip(&self.margins) {
                    counts[replicate] += u64::from(margins.closed[lane] > 0.0);
                }
                for (counts, hit) in outcomes.hits.iter_mut().zip(&self.hit) {
                    counts[replicate] += u64::from(hit[lane]);
                }
            }
        }
        outcomes
    }

    fn begin(&mut self, start: u32, members: u32) {
        for lane in 0..members as usize {
            let scenario = start + lane as u32;
            let source =
                self.stage.sampler.fill(scenario, &mut self.normals[lane], &mut self.bridge);
            self.sources[lane] = Some(source);
            self.stage.walk.begin(&mut self.states[lane]);
        }
        self.log_returns.fill([0.0; LANES]);
        self.margins.fill(MarginLanes::NEW);
        self.hit.fill([false; LANES]);
    }

    #[inline(always)]
    fn play(&mut self, members: usize, outcomes: &mut Outcomes) {
        let plan = self.stage.plan;
        let mut profit = [0.0; LANES];
        let (mut peak, mut drawdown, mut below) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for step in 0..plan.steps {
            for lane in 0..members {
                self.advance(step, lane);
            }
            let is_last = step + 1 == plan.steps;
            if !is_last && !self.stage.every_step {
                continue;
            }
            for (growth, log_return) in self.growth.iter_mut().zip(&self.log_returns) {
                for lane in 0..LANES {
                    growth[lane] = exp(log_return[lane]);
                }
            }
            for (inverse, ratio) in self.inverse_ratios.iter_mut().zip(&self.ratios) {
                for lane in 0..LANES {
                    inverse[lane] = 1.0 / ratio[lane];
                }
            }
            let prices = Prices {
                log_returns: &self.log_returns,
                growth: &self.growth,
                ratios: &self.ratios,
                inverse_ratios: &self.inverse_ratios,
            };
            let fresh;
            let quotes = match self.stage.quotes.get((step + 1) as usize) {
                Some(kept) if !kept.is_empty() => kept,
                _ => {
                    fresh = self.stage.book.quotes(step + 1);
                    &fresh
                }
            };
            let at = (step + 1, &quotes[..]);
            self.stage.book.profit(at, &prices, &mut self.margins, &mut profit);
            for lane in 0..LANES {
                peak[lane] = f64::max(peak[lane], profit[lane]);
                let fall: f64 = peak[lane] - profit[lane];
                drawdown[lane] = f64::max(drawdown[lane], fall);
                below[lane] += f64::from(u8::from(fall > 0.0));
            }
        }
        outcomes.profit.extend_from_slice(&profit[..members]);
        if plan.along_the_path {
            outcomes.drawdown.extend_from_slice(&drawdown[..members]);
            let share = below.map(|steps: f64| steps / f64::from(plan.steps));
            outcomes.under_water.extend_from_slice(&share[..members]);
        }
        if plan.control_variate {
            outcomes.control.extend((0..members).map(|lane| {
                let assets = self.stage.deltas.iter().zip(&self.log_returns);
                assets.map(|(delta, log_return)| delta * log_return[lane]).sum::<f64>()
            }));
        }
    }

    /// One step of one path.
    fn advance(&mut self, step: u32, lane: usize) {
        let Some(source) = self.sources[lane] else { return };
        let (walk, factors) = (self.stage.walk, self.stage.walk.factors());
        let normals = &self.normals[lane][step as usize * factors..(step as usize + 1) * factors];
        walk.advance(step, normals, &source, &mut self.states[lane], &mut self.returns);
        for (place, barrier) in self.stage.plan.barriers.iter().enumerate() {
            if !self.hit[place][lane] {
                let before = self.log_returns[barrier.asset][lane];
                let after = before + self.returns[barrier.asset];
                let variance = walk.continuous_variance(barrier.asset);
                let u = source.uniforms(step, place as u32, Stream::Barrier)[0];
                self.hit[place][lane] = is_hit(barrier, before, after, variance, u);
            }
        }
        for (asset, log_return) in self.returns.iter().enumerate() {
            self.log_returns[asset][lane] += log_return;
            self.ratios[asset][lane] = walk.volatility_ratio(asset, &self.states[lane]);
        }
    }
}

/// Whether a step from `before` to `after` touches a barrier.
fn is_hit(barrier: &Barrier, before: f64, after: f64, variance: Option<f64>, u: f64) -> bool {
    let level = barrier.ratio.ln();
    match variance {
        Some(variance) if barrier.continuous => u < crossing(level, before, after, variance),
        _ => level.signum() * (level - after) <= 0.0,
    }
}
