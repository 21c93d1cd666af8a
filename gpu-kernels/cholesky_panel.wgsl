// One panel of a blocked Cholesky factorization: 16 columns of the factor, from what earlier panels have left of the matrix.
// Every workgroup factors the block on the diagonal for itself, which is cheaper than waiting for another; the first writes
// it, each other solves 16 rows below it.
//
// CPU twin: `cholesky` of native/rust/quant/src/cholesky.rs, in double precision. Tolerance: L Lᵀ differs from the matrix by at
// most 2⁻²² × (order + 1) × √(diagonal entry of the row × that of the column), the bound of such sums in single precision. How
// far L itself is off goes with the matrix's condition.

struct Params {
  order: u32,
  // First column of the panel.
  first: u32,
  _pad0: u32,
  _pad1: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// What is left of the matrix, row by row.
@group(0) @binding(1) var<storage, read> rest: array<f32>;
@group(0) @binding(2) var<storage, read_write> factor: array<f32>;
// The first row from which on the matrix is not positive definite; the order where it is.
@group(0) @binding(3) var<storage, read_write> wrong: array<atomic<u32>>;

const TILE: u32 = 16u;
override WORKGROUP_SIZE: u32 = 256u;

var<workgroup> diagonal: array<f32, 256>;
var<workgroup> below: array<f32, 256>;

// Beyond the matrix's edge it goes on as the identity.
fn rest_at(row: u32, column: u32) -> f32 {
  if (row >= params.order || column >= params.order) {
    return select(0.0, 1.0, row == column);
  }
  return rest[row * params.order + column];
}

fn write_factor(row: u32, column: u32, value: f32) {
  if (row < params.order && column < params.order) {
    factor[row * params.order + column] = value;
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let row = local / TILE;
  let column = local % TILE;
  let first_row = params.first + group.x * TILE;
  diagonal[local] = rest_at(params.first + row, params.first + column);
  below[local] = rest_at(first_row + row, params.first + column);
  for (var pivot = 0u; pivot < TILE; pivot += 1u) {
    workgroupBarrier();
    let square = diagonal[pivot * TILE + pivot];
    let is_positive = square > 0.0;
    let root = sqrt(select(1.0, square, is_positive));
    if (local == 0u && group.x == 0u && !is_positive) {
      atomicMin(&wrong[0], params.first + pivot);
    }
    workgroupBarrier();
    // Its column of the factor, of the block on the diagonal and of the rows below.
    if (column == pivot) {
      if (row == pivot) {
        diagonal[local] = root;
      } else if (row > pivot) {
        diagonal[local] = diagonal[local] / root;
      }
      below[local] = below[local] / root;
    }
    workgroupBarrier();
    if (column > pivot) {
      let across = diagonal[column * TILE + pivot];
      if (row >= column) {
        diagonal[local] = diagonal[local] - diagonal[row * TILE + pivot] * across;
      }
      below[local] = below[local] - below[row * TILE + pivot] * across;
    }
  }
  workgroupBarrier();
  if (group.x > 0u) {
    write_factor(first_row + row, params.first + column, below[local]);
  } else if (row >= column) {
    write_factor(first_row + row, params.first + column, diagonal[local]);
  }
}
