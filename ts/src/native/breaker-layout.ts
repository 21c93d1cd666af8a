/**
 * Where JavaScript finds the words of the breakers' memory that it reads without a call, in 32-bit words; a test compares
 * them with native/rust/risk/src/breaker/layout.rs.
 */
export const BREAKER_LAYOUT = {
  bytes: 147_776,
  componentsMax: 256,
  /** How many components are not closed. */
  unsettled: 6,
  /** Milliseconds from which times are counted; it takes two words. */
  originMs: 2,
  /** Lower half of the state of the first component: the state, its trials and its stay. */
  firstState: 80,
  /** From one component's state to the next. */
  stateStride: 144,
  /** Doubles of the area through which calls pass their arguments. */
  callDoubles: 16,
} as const;

/** Bits of the state in its word. */
export const STATE_MASK = 0b11;
export const CLOSED = 0;
