// What the kernels over a sample of outcomes share: keys that sort as the numbers do.

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
