/** When the process began, milliseconds since 1970; read once, because reading it is not free. */
const ORIGIN_MS = performance.timeOrigin;

/** Milliseconds since 1970 that are never set back: Node.js counts them from the start of the process. */
export function monotonicMs(): number {
  return ORIGIN_MS + performance.now();
}
