// Sums of a column by the place of a scenario modulo 32: 16 replicates of scenarios, or of antithetic pairs of neighbours, answer
// together, and how much their answers differ is the standard error. Each workgroup leaves 32 partial sums; the CPU adds them
// up in double precision, two to a replicate.
//
// CPU twin: `Estimate` of native/rust/quant/src/scenario/estimate.rs. Tolerance: 1e-6 of the standard deviation, since each
// partial sum is rounded to single precision.

struct Params {
  count: u32,
  _pad0: u32,
  _pad1: u32,
  _pad2: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> column: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;

override WORKGROUP_SIZE: u32 = 256u;
override PER_INVOCATION: u32 = 16u;

const CELLS: u32 = 32u;

var<workgroup> sums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  // Whole workgroups hold whole rounds of cells, so that an invocation adds up members of one.
  let first = group.x * WORKGROUP_SIZE * PER_INVOCATION + local;
  var sum = 0.0;
  for (var item = 0u; item < PER_INVOCATION; item += 1u) {
    let index = first + item * WORKGROUP_SIZE;
    if (index < params.count) {
      sum += column[index];
    }
  }
  sums[local] = sum;
  // Pairs in a fixed order, so that a rerun gives the same bits.
  for (var half = WORKGROUP_SIZE / 2u; half >= CELLS; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      sums[local] += sums[local + half];
    }
  }
  workgroupBarrier();
  if (local < CELLS) {
    partials[group.x * CELLS + local] = sums[local];
  }
}
