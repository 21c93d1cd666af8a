#import draws
#import sample
#import book
// A path of any model, one scenario an invocation: steps, book, what happens along the path, and where it is written to.
// CPU twin: native/rust/quant/src/scenario/paths.rs; of antithetic pairs `Sampler` and `Source` beside it; of what bins tell
// ts/src/gpu/histogram-tail.ts.
//
// Tolerance of a bin's sum: 2^-20 widths an outcome, which is cut off, and 2^-22 × bins for its place in single precision; both
// widen the bounds that are told. Of the rest the kernels say their own.
//
// A kernel that imports this says how its model moves:
//   fn begin_path()                           sets what a path remembers
//   fn advance(scenario: u32, step: u32)      writes `returns` from `normals` and draws of its own
//   fn ratio_of(asset: u32) -> f32            an asset's volatility, as a ratio to that of the beginning
//
// `model` is made for a task: sizes as constants, so that loops have known ends, and the places of its numbers in `words`.
// A task of the same sizes has the same kernel, whatever its numbers are.

struct Params {
  seed: vec2<u32>,
  // The scenario of the first outcome of this dispatch, and of the sample.
  first: u32,
  count: u32,
  // Where the first bin begins, and bins a unit of money.
  low: f32,
  bins_per_unit: f32,
  // Paths that are on their way at once, each with a place in `kept_margins`.
  places: u32,
  _pad0: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read_write> outcomes: array<f32>;
// The largest falls from a running maximum, as losses, and shares of steps below it.
@group(0) @binding(3) var<storage, read_write> falls: array<f32>;
@group(0) @binding(4) var<storage, read_write> under_water: array<f32>;
// How often each perpetual was liquidated and each barrier hit, by replicate; then the cells of a histogram.
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;
// What paths remember of more perpetuals than their own memory holds.
@group(0) @binding(6) var<storage, read_write> kept_margins: array<u32>;

override WORKGROUP_SIZE: u32 = 64u;

const REPLICATES: u32 = 16u;

var<private> normals: array<vec4<f32>, NORMALS_SIZE>;
var<private> returns: array<f32, ASSETS>;
var<private> log_returns: array<f32, ASSETS>;
// e^log-return − 1.
var<private> gains: array<f32, ASSETS>;
var<private> hits: array<bool, BARRIERS_SIZE>;
// What the path makes: profit and loss, the largest fall, the share of steps under water.
var<private> ending: vec3<f32>;

fn number(at: u32) -> f32 {
  return bitcast<f32>(words[at]);
}

// One asset's shock: its row of a Cholesky factor, which lies row by row without the zeros, times the normals.
fn shock_of(factor: u32, row: u32) -> f32 {
  let start = factor + row * (row + 1u) / 2u;
  var shock = 0.0;
  for (var column = 0u; column <= row; column += 1u) {
    shock = shock + number(start + column) * normals[column / 4u][column % 4u];
  }
  return shock;
}

// Barriers: asset, level as a logarithm, variance of a step or 0 where only the ends of steps count.
const BARRIER_STRIDE: u32 = 3u;

// Whether a step touches a barrier: between two points on one side of it a Brownian bridge does with probability
// exp(−2 · distance before · distance after / variance).
fn is_hit(barrier: u32, scenario: u32, step: u32) -> bool {
  let at = BARRIERS_AT + barrier * BARRIER_STRIDE;
  let asset = words[at];
  let level = number(at + 1u);
  let side = sign(level);
  let before = side * (level - log_returns[asset]);
  let after = side * (level - (log_returns[asset] + returns[asset]));
  if (after <= 0.0) {
    return true;
  }
  let variance = number(at + 2u);
  if (variance <= 0.0) {
    return false;
  }
  let word = words_of(vec4<u32>(scenario, step, barrier, STREAM_BARRIER), params.seed).x;
  return uniform_of(word) < exponential(-2.0 * before * after / variance);
}

// The counter of a scenario's draws: an antithetic pair shares one.
fn counter_of(scenario: u32) -> u32 {
  return select(scenario, scenario / 2u, ANTITHETIC);
}

fn play(scenario: u32) {
  let counter = counter_of(scenario);
  is_mirrored = ANTITHETIC && scenario % 2u == 1u;
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    log_returns[asset] = 0.0;
  }
  for (var perpetual = 0u; perpetual < PERPETUALS; perpetual += 1u) {
    keep_margin(perpetual, Margin(0.0, false));
  }
  for (var barrier = 0u; barrier < BARRIERS; barrier += 1u) {
    hits[barrier] = false;
  }
  begin_path();
  var profit = 0.0;
  var peak = 0.0;
  var fall = 0.0;
  var below = 0u;
  for (var step = 0u; step < STEPS; step += 1u) {
    for (var block = 0u; block < NORMAL_BLOCKS; block += 1u) {
      let drawn = normals_of(counter, step, block, STREAM_DIFFUSION, params.seed);
      normals[block] = select(drawn, -drawn, is_mirrored);
    }
    advance(counter, step);
    for (var barrier = 0u; barrier < BARRIERS; barrier += 1u) {
      if (!hits[barrier]) {
        hits[barrier] = is_hit(barrier, counter, step);
      }
    }
    for (var asset = 0u; asset < ASSETS; asset += 1u) {
      log_returns[asset] = log_returns[asset] + returns[asset];
    }
    if (EVERY_STEP || step + 1u == STEPS) {
      profit = profit_after(step);
      peak = max(peak, profit);
      fall = max(fall, peak - profit);
      below += select(0u, 1u, profit < peak);
    }
  }
  ending = vec3<f32>(profit, fall, f32(below) / f32(STEPS));
}

// Counts what happened to the path that was played last.
fn count_events(scenario: u32) {
  let replicate = counter_of(scenario) % REPLICATES;
  for (var perpetual = 0u; perpetual < PERPETUALS; perpetual += 1u) {
    if (margin_of(perpetual).closed) {
      atomicAdd(&counts[perpetual * REPLICATES + replicate], 1u);
    }
  }
  for (var barrier = 0u; barrier < BARRIERS; barrier += 1u) {
    if (hits[barrier]) {
      atomicAdd(&counts[(PERPETUALS + barrier) * REPLICATES + replicate], 1u);
    }
  }
}

// Scenarios of an invocation that counts bins: the fewer workgroups, the fewer additions in memory.
const BINNED: u32 = 32u;
// Of a bin, its parts that a sum counts: 64 × 32 scenarios of a workgroup fit a word.
const BIN_PARTS: f32 = 1048576.0;
const BINS_SIZE: u32 = max(BINS, 1u);
// In `counts`: below the first bin, the bins, above the last, what is no finite number; then by bin the low words of the sums
// of distances from its lower edge, and their high words.
const CELLS_AT: u32 = (PERPETUALS + BARRIERS) * REPLICATES;
const SUMS_AT: u32 = CELLS_AT + BINS + 3u;

// Of one workgroup. These fill the memory that every device has, so that what lies outside of the bins goes past it.
var<workgroup> bin_counts: array<atomic<u32>, BINS_SIZE>;
var<workgroup> bin_sums: array<atomic<u32>, BINS_SIZE>;

// Adds an outcome to its bin, found by rounding down, so that a bin's lower edge belongs to it.
fn count_outcome(profit: f32) {
  if (!is_finite(profit)) {
    atomicAdd(&counts[CELLS_AT + BINS + 2u], 1u);
    return;
  }
  let place = (profit - params.low) * params.bins_per_unit;
  if (place < 0.0) {
    atomicAdd(&counts[CELLS_AT], 1u);
  } else if (place >= f32(BINS)) {
    atomicAdd(&counts[CELLS_AT + BINS + 1u], 1u);
  } else {
    let bin = u32(place);
    atomicAdd(&bin_counts[bin], 1u);
    atomicAdd(&bin_sums[bin], u32((place - f32(bin)) * BIN_PARTS));
  }
}

// Adds a workgroup's bin to those of all: a sum has two words.
fn add_bin(bin: u32) {
  let found = atomicLoad(&bin_counts[bin]);
  if (found == 0u) {
    return;
  }
  atomicAdd(&counts[CELLS_AT + 1u + bin], found);
  let parts = atomicLoad(&bin_sums[bin]);
  let before = atomicAdd(&counts[SUMS_AT + bin], parts);
  if (before + parts < before) {
    atomicAdd(&counts[SUMS_AT + BINS + bin], 1u);
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let workgroup = group.y * groups.x + group.x;
  own_place = workgroup * WORKGROUP_SIZE + local;
  if (BINS == 0u) {
    let index = own_place;
    if (index < params.count) {
      let scenario = params.first + index;
      play(scenario);
      outcomes[scenario] = ending.x;
      if (ALONG) {
        falls[scenario] = -ending.y;
        under_water[scenario] = ending.z;
      }
      count_events(scenario);
    }
    return;
  }
  // A workgroup's memory begins at 0. No column of outcomes is written: only the bins leave the workgroup.
  for (var item = 0u; item < BINNED; item += 1u) {
    let index = (workgroup * BINNED + item) * WORKGROUP_SIZE + local;
    if (index < params.count) {
      let scenario = params.first + index;
      play(scenario);
      count_outcome(ending.x);
      count_events(scenario);
    }
  }
  workgroupBarrier();
  for (var bin = local; bin < BINS; bin += WORKGROUP_SIZE) {
    add_bin(bin);
  }
}
