#import sample
// One pass of a radix select: counts, for each of the ranks looked for, the next digit of the outcomes that agree with
// the digits found so far.
//
// CPU twin: `tail` of native/rust/quant/src/tail.rs. Tolerance: none, since counts are whole numbers.

struct Params {
  count: u32,
  // How far the digit of this pass stands to the left: 24, 16, 8, 0.
  shift: u32,
  // The part of the sample that is looked at, as `place_of_item` has it.
  part: u32,
  _pad0: u32,
}

// A rank on its way: the digits found, and the rank among the outcomes that share them.
struct Selection {
  prefix: u32,
  rank: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> outcomes: array<f32>;
@group(0) @binding(2) var<storage, read> selections: array<Selection, RANKS>;
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>>;

override WORKGROUP_SIZE: u32 = 256u;
override PER_INVOCATION: u32 = 16u;

const RANKS: u32 = 3u;
const DIGITS: u32 = 256u;

var<workgroup> local_counts: array<atomic<u32>, 768>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  for (var bin = local; bin < RANKS * DIGITS; bin += WORKGROUP_SIZE) {
    atomicStore(&local_counts[bin], 0u);
  }
  workgroupBarrier();
  // The digits that stand left of this pass's one; none in the first, where a shift by 32 would be undefined.
  let known = select(0xffffffffu << ((params.shift + 8u) & 31u), 0u, params.shift == 24u);
  let first = group.x * WORKGROUP_SIZE * PER_INVOCATION + local;
  for (var item = 0u; item < PER_INVOCATION; item += 1u) {
    let index = first + item * WORKGROUP_SIZE;
    if (index < params.count) {
      let key = sort_key(outcomes[place_of_item(index, params.part)]);
      let digit = (key >> params.shift) & 0xffu;
      for (var rank = 0u; rank < RANKS; rank += 1u) {
        if ((key & known) == selections[rank].prefix) {
          atomicAdd(&local_counts[rank * DIGITS + digit], 1u);
        }
      }
    }
  }
  workgroupBarrier();
  for (var bin = local; bin < RANKS * DIGITS; bin += WORKGROUP_SIZE) {
    let found = atomicLoad(&local_counts[bin]);
    if (found > 0u) {
      atomicAdd(&counts[bin], found);
    }
  }
}
