#import normals
#import model
// Profits and losses of a portfolio of correlated assets under geometric Brownian motion, one scenario an invocation.
//
// `model` is made for a portfolio: its numbers stand in the code and its loops over assets are unrolled, so that a path
// lives in registers. It says
//   fn outcome_of(scenario: u32, seed: vec2<u32>) -> f32
//
// CPU twin: `play` of native/rust/quant/src/portfolio.rs. Tolerance: none on a device that fuses nothing, such as the
// software adapter; 2e-4 standard deviations of the outcomes a path where multiplications and additions are fused.

struct Params {
  seed: vec2<u32>,
  // The scenario of the first outcome of this dispatch, and of the sample.
  first: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> outcomes: array<f32>;

override WORKGROUP_SIZE: u32 = 64u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + local;
  if (index >= params.count) {
    return;
  }
  let scenario = params.first + index;
  outcomes[scenario] = outcome_of(scenario, params.seed);
}
