import type { Code } from '../../core/codes.generated.js';
import { controlValueText } from '../../core/control-value.js';
import { CONTROLS, type ControlCode, type ControlUnit } from '../../core/controls.generated.js';
import { type ErrorContext, HoldfastError, isHoldfastError } from '../../core/holdfast-error.js';
import type { Side } from '../../core/vocabulary.generated.js';
import type { FailedCheck, VerdictNotice } from '../../native/notice-reader.js';

/** A control that an order failed. */
export interface FailedCheckView {
  readonly code: ControlCode;
  /** How limit and observed value read: decimal text of an amount or a fraction, a count, nanoseconds or ticks. */
  readonly unit: ControlUnit;
  readonly limit: string | null;
  readonly observed: string;
  /** Age of the market price that was looked at, milliseconds; null when there was none. */
  readonly ageMs: number | null;
}

/** The order may be sent, and is reserved: its budget is taken until the venue tells what became of it. */
export interface GateApproval {
  readonly allowed: true;
  /** The gate's id of the order; `gate.clientOrderId(id)` is its text for the venue. */
  readonly id: number;
}

/** A reducing order that was allowed, with what is to be sent. */
export interface ReductionApproval extends GateApproval {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
}

/** The order would be allowed; nothing was reserved. */
export interface GateConsent {
  readonly allowed: true;
  readonly id: null;
}

/** The order must not be sent. */
export interface GateDenial {
  readonly allowed: false;
  /** The gate's id of an order that was judged and counted; null for a check, and for what is no order. */
  readonly id: number | null;
  /** The first reason. */
  readonly code: Code;
  readonly codes: readonly Code[];
  /** Every control that failed, the breaker first and the margin last; none for what could not be judged. */
  readonly failed: readonly FailedCheckView[];
  /** Why, in short; `gate.explain` says it in full. */
  readonly message: string;
  /** Of what could not be judged: the values that the message names. */
  readonly context: ErrorContext;
  /** The largest quantity that would have passed, of an order that was denied for its size alone. */
  readonly suggestedQuantity: string | null;
}

export type GateVerdict = GateApproval | GateDenial;
export type ReductionVerdict = ReductionApproval | GateDenial;
export type CheckVerdict = GateConsent | GateDenial;

const NS_PER_MS = 1_000_000;
/** Stands for an age that is not known. */
const NONE = -(2n ** 63n);

function failedCheck({ code, limit, observed, ageNs }: FailedCheck): FailedCheckView {
  const isKnown = ageNs !== NONE;
  return {
    code,
    unit: CONTROLS[code].unit,
    limit: limit === null ? null : controlValueText(code, limit),
    observed: controlValueText(code, observed),
    ageMs: isKnown ? Number(ageNs) / NS_PER_MS : null,
  };
}

/**
 * Where a control stands among the reasons: the breaker, under which nothing passes, before all others, and the margin last,
 * behind sizes and correlation. All are judged at once; the order says what to look at first.
 */
function rankOf(code: ControlCode): number {
  if (code === 'BREAKER_OPEN') return 0;
  return code === 'MARGIN_INSUFFICIENT' ? 2 : 1;
}

/** Makes a denial of what the native gate told. */
export function denialOf(
  notice: VerdictNotice | undefined,
  id: number | null,
  suggestedQuantity: string | null,
): GateDenial {
  const failed = (notice?.failed ?? [])
    .map(failedCheck)
    .toSorted((left, right) => rankOf(left.code) - rankOf(right.code));
  const codes = failed.map(({ code }) => code);
  const parts = failed.map(
    ({ code, observed, limit }) => `${code} (${observed}${limit === null ? '' : ` of ${limit}`})`,
  );
  return {
    allowed: false,
    id,
    code: codes[0] ?? 'ORDER_INVALID',
    codes,
    failed,
    message: `order denied: ${parts.join(', ')}`,
    context: {},
    suggestedQuantity,
  };
}

/** Makes a denial of what could not be judged; nothing that is thrown lets an order pass. */
export function refusalOf(error: unknown): GateDenial {
  const known = isHoldfastError(error)
    ? error
    : new HoldfastError(
        'ORDER_INVALID',
        `an order must be readable, reading it threw ${error instanceof Error ? error.message : typeof error}`,
        {
          cause: error,
        },
      );
  return {
    allowed: false,
    id: null,
    code: known.code,
    codes: [known.code],
    failed: [],
    message: known.message,
    context: known.context,
    suggestedQuantity: null,
  };
}
