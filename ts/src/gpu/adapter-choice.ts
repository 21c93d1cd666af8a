/** Which adapter to take. */
export interface AdapterChoice {
  /** A hint to the driver; `high-performance` by default. */
  readonly powerPreference?: 'high-performance' | 'low-power';
  /** Whether an adapter that the processor itself plays may be used: it is slower than native code, and serves tests. */
  readonly allowSoftware?: boolean;
}

/** The adapter that a task ran on. */
export interface AdapterDescription {
  readonly name: string;
  readonly vendor: string;
  readonly isSoftware: boolean;
}
