#import sample
// Sums over the outcomes below a quantile: how many there are, their distances from it and the squares of those. Each
// workgroup leaves one partial sum; the CPU adds them up in double precision.
//
// CPU twin: `tail` of native/rust/quant/src/tail.rs. Tolerance: 1e-6 of the sums, since each partial sum is rounded to
// single precision.

struct Params {
  count: u32,
  // The part of the sample that is looked at, as `place_of_item` has it.
  part: u32,
  _pad0: u32,
  _pad1: u32,
}

struct Selection {
  prefix: u32,
  rank: u32,
}

struct Partial {
  count: u32,
  distance: f32,
  squares: f32,
  _pad0: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> outcomes: array<f32>;
@group(0) @binding(2) var<storage, read> selections: array<Selection>;
@group(0) @binding(3) var<storage, read_write> partials: array<Partial>;

override WORKGROUP_SIZE: u32 = 256u;
override PER_INVOCATION: u32 = 16u;

// The rank whose outcome is the quantile; the other ranks tell its standard error.
const QUANTILE: u32 = 1u;

var<workgroup> sums: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> below: atomic<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let quantile = of_sort_key(selections[QUANTILE].prefix);
  let first = group.x * WORKGROUP_SIZE * PER_INVOCATION + local;
  var sum = vec2<f32>();
  for (var item = 0u; item < PER_INVOCATION; item += 1u) {
    let index = first + item * WORKGROUP_SIZE;
    if (index < params.count) {
      let distance = outcomes[place_of_item(index, params.part)] - quantile;
      if (distance < 0.0) {
        sum += vec2<f32>(distance, distance * distance);
        atomicAdd(&below, 1u);
      }
    }
  }
  sums[local] = sum;
  // Pairs in a fixed order, so that a rerun gives the same bits.
  for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      sums[local] += sums[local + half];
    }
  }
  workgroupBarrier();
  if (local == 0u) {
    partials[group.x] = Partial(atomicLoad(&below), sums[0].x, sums[0].y, 0u);
  }
}
