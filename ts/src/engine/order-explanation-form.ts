import type { ControlUnit } from '../core/controls.generated.js';

/** An order as it was asked for; prices and quantities are exact decimals. */
export interface ExplainedOrder {
  readonly client_order_id: string;
  readonly parent: string | null;
  readonly symbol: string;
  readonly currency: string;
  readonly side: string;
  readonly order_type: string;
  readonly time_in_force: string;
  readonly role: string;
  readonly reduce_only: boolean;
  /** The strategy that wanted it, and when the market event happened that caused it; null where none was named. */
  readonly strategy: string | null;
  readonly cause_ns: string | null;
  readonly quantity: string;
  readonly limit_price: string | null;
  readonly trigger_price: string | null;
  readonly stop_loss: string | null;
  readonly take_profit: string | null;
  readonly sequence: number;
  readonly ts_ns: string;
}

/** One control's word: limit and observed value in its unit, `null` for a limit that is not set. */
export interface ExplainedCheck {
  readonly code: string;
  readonly passed: boolean;
  readonly unit: ControlUnit;
  readonly limit: string | null;
  readonly observed: string;
  readonly input_age_ns: number | null;
  readonly meaning: string;
}

export interface ExplainedDecision {
  readonly sequence: number;
  readonly ts_ns: string;
  readonly approved: boolean;
  /** Whether the order was proven to reduce the position, so that fewer controls may stop it. */
  readonly reducing: boolean;
  readonly checks: readonly ExplainedCheck[];
}

export interface TimelineEntry {
  readonly sequence: number;
  readonly ts_ns: string;
  readonly what: string;
  readonly detail: string;
}

export interface ExplainedOutcome {
  readonly status: string;
  readonly filled: string;
  readonly average_price: string | null;
  readonly fees: string;
  /** Profit or loss that the order's own fills realised, before fees. */
  readonly realized: string;
}

export interface ExplainedConfiguration {
  /** BLAKE3 of the recorded configuration, hexadecimal. */
  readonly fingerprint: string;
  readonly sequence: number;
  readonly about: unknown;
  readonly limits: unknown;
}

/** Why an order was allowed or refused, and what became of it, from the journal alone. */
export interface OrderExplanation {
  readonly order: ExplainedOrder;
  readonly decision: ExplainedDecision | null;
  readonly outcome: ExplainedOutcome;
  readonly timeline: readonly TimelineEntry[];
  readonly protective_orders: readonly ExplainedOrder[];
  /** Null when the journal gave up its first segment. */
  readonly configuration: ExplainedConfiguration | null;
  /** What the journal is damaged with behind the records that tell this; null when it is intact. */
  readonly damage: { readonly code: string; readonly message: string } | null;
}
