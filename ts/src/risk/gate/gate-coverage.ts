import { controlValueText } from '../../core/control-value.js';
import {
  CONTROL_CODES,
  CONTROLS,
  type ControlCode,
  type ControlUnit,
} from '../../core/controls.generated.js';
import type { CoverageSnapshot } from '../../native/native-gate.js';

/** What one control did over a run. */
export interface ControlCoverage {
  readonly code: ControlCode;
  readonly unit: ControlUnit;
  /** Orders that it judged, and those that it denied. */
  readonly judged: number;
  readonly fired: number;
  /** Limit and value of the allowed order that came nearest, and which part of the limit that was; null without one. */
  readonly limit: string | null;
  readonly observed: string | null;
  readonly usedFrac: number | null;
}

/** What the controls of a gate did since it was made; checks do not count. */
export interface CoverageReport {
  readonly orders: number;
  readonly denied: number;
  readonly controls: readonly ControlCoverage[];
  /** The control that came nearest to binding: of those that fired the most frequent one, otherwise the most used. */
  readonly closest: ControlCoverage | null;
  /** Controls that judged orders and denied none of them. */
  readonly neverFired: readonly ControlCode[];
  /** Controls that judged nothing: their limit is off, or what they look for never happened. */
  readonly neverAsked: readonly ControlCode[];
}

/** Makes the report of what the native core counted. */
export function coverageReport(snapshot: CoverageSnapshot): CoverageReport {
  const controls = snapshot.controls.map((row): ControlCoverage => {
    const code = CONTROL_CODES.find((each) => each === row.code);
    // The table is generated from the native one, so another code means two builds were mixed.
    if (code === undefined) throw new RangeError(`native control ${row.code} is not in the table`);
    const text = (value: string | null) =>
      value === null ? null : controlValueText(code, BigInt(value));
    return {
      code,
      unit: CONTROLS[code].unit,
      judged: row.judged,
      fired: row.fired,
      limit: text(row.limit),
      observed: text(row.observed),
      usedFrac: row.used_frac,
    };
  });
  const asked = controls.filter(({ judged }) => judged > 0);
  const codes = (rows: readonly ControlCoverage[]) => rows.map(({ code }) => code);
  return {
    orders: snapshot.orders,
    denied: snapshot.denied,
    controls,
    closest: asked.toSorted(byNearness)[0] ?? null,
    neverFired: codes(asked.filter(({ fired }) => fired === 0)),
    neverAsked: codes(controls.filter(({ judged }) => judged === 0)),
  };
}

function byNearness(left: ControlCoverage, right: ControlCoverage): number {
  return right.fired - left.fired || (right.usedFrac ?? -1) - (left.usedFrac ?? -1);
}
