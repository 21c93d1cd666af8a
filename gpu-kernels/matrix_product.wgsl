#import elementary
// leftᵀ · right, both given row by row with as many rows: a covariance when both are centred returns, a stress grid when
// they are moves and exposures by asset. Tiles of 16 × 16 go through workgroup memory; sums run over the rows in order.
//
// CPU twins: `sampleCovarianceMatrix` of ts/src/quant/covariance, and the sums of ts/test/unit/gpu/matrix-parity.test.ts, in double
// precision. Tolerance: 2⁻²² times the number of rows times the sum of the products' magnitudes, the bound of such a sum in
// single precision.

struct Params {
  // Rows of both, columns of each.
  rows: u32,
  leftColumns: u32,
  rightColumns: u32,
  // 1 where the left numbers are log-returns, whose gains are e^x − 1.
  grow: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> left: array<f32>;
@group(0) @binding(2) var<storage, read> right: array<f32>;
@group(0) @binding(3) var<storage, read_write> product: array<f32>;

const TILE: u32 = 16u;
override WORKGROUP_SIZE: u32 = 256u;

var<workgroup> left_tile: array<f32, 256>;
var<workgroup> right_tile: array<f32, 256>;

fn left_at(row: u32, column: u32) -> f32 {
  if (row >= params.rows || column >= params.leftColumns) {
    return 0.0;
  }
  let value = left[row * params.leftColumns + column];
  if (params.grow == 1u) {
    return exp_minus_one(clamp(value, -80.0, 80.0));
  }
  return value;
}

fn right_at(row: u32, column: u32) -> f32 {
  if (row >= params.rows || column >= params.rightColumns) {
    return 0.0;
  }
  return right[row * params.rightColumns + column];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let tiles_across = (params.rightColumns + TILE - 1u) / TILE;
  let tile = group.y * groups.x + group.x;
  let first_left = (tile / tiles_across) * TILE;
  let first_right = (tile % tiles_across) * TILE;
  let mine = vec2<u32>(local / TILE, local % TILE);
  var sum = 0.0;
  for (var first = 0u; first < params.rows; first += TILE) {
    left_tile[local] = left_at(first + mine.x, first_left + mine.y);
    right_tile[local] = right_at(first + mine.x, first_right + mine.y);
    workgroupBarrier();
    for (var row = 0u; row < TILE; row += 1u) {
      sum = sum + left_tile[row * TILE + mine.x] * right_tile[row * TILE + mine.y];
    }
    workgroupBarrier();
  }
  let at = vec2<u32>(first_left + mine.x, first_right + mine.y);
  if (at.x < params.leftColumns && at.y < params.rightColumns) {
    product[at.x * params.rightColumns + at.y] = sum;
  }
}
