#import normals
#import model
// Profits and losses of a portfolio that is too wide for registers, one scenario an invocation: the factor is read from
// memory, where neighbours read the same number at the same time, and a path's normals and returns lie in private memory.
//
// `model` is made for a portfolio and says
//   const ASSETS: u32, const BLOCKS: u32 (of four normals), const STEPS: u32, const GEOMETRIC: bool
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
// The Cholesky factor, row by row without the zeros.
@group(0) @binding(1) var<storage, read> factor: array<f32>;
// Drift and exposure of each asset.
@group(0) @binding(2) var<storage, read> assets: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> outcomes: array<f32>;

override WORKGROUP_SIZE: u32 = 64u;

var<private> normals: array<vec4<f32>, BLOCKS>;
var<private> returns: array<f32, ASSETS>;

// Adds one step of correlated log-returns, in the order of the processor's sums.
fn advance() {
  var entry = 0u;
  for (var row = 0u; row < ASSETS; row += 1u) {
    var shock = 0.0;
    for (var column = 0u; column <= row; column += 1u) {
      shock = shock + factor[entry] * normals[column / 4u][column % 4u];
      entry += 1u;
    }
    returns[row] = returns[row] + (assets[row].x + shock);
  }
}

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
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    returns[asset] = 0.0;
  }
  for (var step = 0u; step < STEPS; step += 1u) {
    for (var block = 0u; block < BLOCKS; block += 1u) {
      normals[block] = normals_of(scenario, step, block, STREAM_DIFFUSION, params.seed);
    }
    advance();
  }
  var total = 0.0;
  for (var asset = 0u; asset < ASSETS; asset += 1u) {
    var change = returns[asset];
    if (GEOMETRIC) {
      change = exp_minus_one(clamp(change, -80.0, 80.0));
    }
    total = total + assets[asset].y * change;
  }
  outcomes[scenario] = total;
}
