// What the kernels over a sample of outcomes share: keys that sort as the numbers do.

// Where an item of a part of a sample lies. Part 0 is the whole sample; part r + 1 is replicate r of antithetic pairs, of
// which every sixteenth is its own.
fn place_of_item(item: u32, part: u32) -> u32 {
  if (part == 0u) {
    return item;
  }
  return (item / 2u) * 32u + (part - 1u) * 2u + item % 2u;
}

// Tells whether a number is finite by its bits: a compiler may take for granted that every number is.
fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

// An unsigned number that is less exactly when x is.
fn sort_key(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  return bits ^ select(0x80000000u, 0xffffffffu, (bits & 0x80000000u) != 0u);
}

fn of_sort_key(key: u32) -> f32 {
  return bitcast<f32>(key ^ select(0xffffffffu, 0x80000000u, (key & 0x80000000u) != 0u));
}
