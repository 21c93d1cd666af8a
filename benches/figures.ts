import { median, percentile, type SuiteRow } from './suite.js';

/** What was measured of one subject in one case. */
export interface Figure {
  readonly case: string;
  readonly subject: string;
  readonly unit: string;
  readonly samples: readonly number[];
}

/** Makes rows, each beside the figure that is its reference. */
export function rowsOf<Measured extends Figure>(
  figures: readonly Measured[],
  isReference: (other: Measured, figure: Measured) => boolean,
): readonly SuiteRow[] {
  return figures.map((figure) => {
    const { case: name, subject, unit, samples } = figure;
    const reference = figures.find((other) => isReference(other, figure));
    if (reference === undefined) throw new Error(`case "${name}" has no reference`);
    return {
      case: name,
      subject,
      unit,
      median: median(samples),
      p99: percentile(samples, 0.99),
      samples: samples.length,
      reference: reference.subject,
      ratio: median(reference.samples) / median(samples),
    };
  });
}
