// What a panel of a blocked Cholesky factorization leaves of the matrix: the product of its 16 columns with themselves is taken
// away from the lower triangle to its right, a tile of 16 × 16 a workgroup.
//
// CPU twin: `cholesky` of native/rust/quant/src/cholesky.rs, in double precision. Tolerance: as `cholesky_panel.wgsl`.

struct Params {
  order: u32,
  // First column of the panel.
  first: u32,
  _pad0: u32,
  _pad1: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> rest: array<f32>;

const TILE: u32 = 16u;
override WORKGROUP_SIZE: u32 = 256u;

var<workgroup> rows: array<f32, 256>;
var<workgroup> columns: array<f32, 256>;

fn factor_at(row: u32, column: u32) -> f32 {
  if (row >= params.order || column >= params.order) {
    return 0.0;
  }
  return factor[row * params.order + column];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let start = params.first + TILE;
  let across = (params.order - start + TILE - 1u) / TILE;
  let tile = vec2<u32>(group.x / across, group.x % across);
  // The upper triangle is never read.
  if (tile.y > tile.x) {
    return;
  }
  let row = local / TILE;
  let column = local % TILE;
  let first_row = start + tile.x * TILE;
  let first_column = start + tile.y * TILE;
  rows[local] = factor_at(first_row + row, params.first + column);
  columns[local] = factor_at(first_column + row, params.first + column);
  workgroupBarrier();
  var sum = 0.0;
  for (var k = 0u; k < TILE; k += 1u) {
    sum = sum + rows[row * TILE + k] * columns[column * TILE + k];
  }
  let at = vec2<u32>(first_row + row, first_column + column);
  if (at.x < params.order && at.y < params.order) {
    rest[at.x * params.order + at.y] = rest[at.x * params.order + at.y] - sum;
  }
}
