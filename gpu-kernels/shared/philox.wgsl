// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011). CPU twin: native/rust/quant/src/philox.rs, equal in every bit.

const PHILOX_MULTIPLIER_0: u32 = 0xd2511f53u;
const PHILOX_MULTIPLIER_1: u32 = 0xcd9e8d57u;
const PHILOX_WEYL: vec2<u32> = vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
const PHILOX_ROUNDS: u32 = 10u;

// The high word of a product: WGSL has no 64-bit numbers, so it is put together from products of halves.
fn multiply_high(a: u32, b: u32) -> u32 {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let carry = a_low * b_high + (middle & 0xffffu);
  return a_high * b_high + (middle >> 16u) + (carry >> 16u);
}

// The four words of a counter (scenario, step, block, stream); the key is the 64-bit seed, low word first.
fn philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var words = counter;
  var key = seed;
  for (var round = 0u; round < PHILOX_ROUNDS; round += 1u) {
    let high_0 = multiply_high(words.x, PHILOX_MULTIPLIER_0);
    let high_1 = multiply_high(words.z, PHILOX_MULTIPLIER_1);
    words = vec4<u32>(
      high_1 ^ words.y ^ key.x,
      words.z * PHILOX_MULTIPLIER_1,
      high_0 ^ words.w ^ key.y,
      words.x * PHILOX_MULTIPLIER_0,
    );
    key += PHILOX_WEYL;
  }
  return words;
}
