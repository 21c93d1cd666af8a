#import sample
// Sums over a sample: of the outcomes, of their squares about a reference, and how many are no finite numbers. Each
// workgroup leaves one partial sum; the CPU adds them up in double precision.
//
// CPU twin: `Moments` of native/rust/quant/src/portfolio.rs. Tolerance: 1e-6 of the standard deviation, since each partial
// sum is rounded to single precision.

struct Params {
  count: u32,
  // Near the mean, so that squares do not lose digits.
  reference: f32,
  _pad0: u32,
  _pad1: u32,
}

struct Partial {
  sum: f32,
  squares: f32,
  not_finite: u32,
  _pad0: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> outcomes: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<Partial>;

override WORKGROUP_SIZE: u32 = 256u;
override PER_INVOCATION: u32 = 16u;

var<workgroup> sums: array<vec2<f32>, WORKGROUP_SIZE>;
var<workgroup> not_finite: atomic<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let first = group.x * WORKGROUP_SIZE * PER_INVOCATION + local;
  var sum = vec2<f32>();
  for (var item = 0u; item < PER_INVOCATION; item += 1u) {
    let index = first + item * WORKGROUP_SIZE;
    if (index < params.count) {
      let outcome = outcomes[index];
      if (is_finite(outcome)) {
        let distance = outcome - params.reference;
        sum += vec2<f32>(distance, distance * distance);
      } else {
        atomicAdd(&not_finite, 1u);
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
    partials[group.x] = Partial(sums[0].x, sums[0].y, atomicLoad(&not_finite), 0u);
  }
}
