// One pass of a radix select: picks the digit of each rank from the counts, and clears them for the next pass.
//
// CPU twin: `tail` of native/rust/quant/src/tail.rs. Tolerance: none.

struct Params {
  count: u32,
  shift: u32,
  part: u32,
  _pad0: u32,
}

struct Selection {
  prefix: u32,
  rank: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> selections: array<Selection>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;

override WORKGROUP_SIZE: u32 = 1u;

const DIGITS: u32 = 256u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>) {
  let first = group.x * DIGITS;
  var rank = selections[group.x].rank;
  var digit = 0u;
  var is_found = false;
  for (var bin = 0u; bin < DIGITS; bin += 1u) {
    let found = counts[first + bin];
    counts[first + bin] = 0u;
    if (!is_found) {
      if (rank < found) {
        digit = bin;
        is_found = true;
      } else {
        rank -= found;
      }
    }
  }
  selections[group.x] = Selection(selections[group.x].prefix | (digit << params.shift), rank);
}
