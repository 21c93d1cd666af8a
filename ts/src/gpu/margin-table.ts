import { normalProbability, normalQuantile } from '../quant/distribution/normal.js';
import { studentProbability, studentQuantile } from '../quant/distribution/student-t.js';

/** Nodes of a table between 0 and its end. */
export const TABLE_NODES = 1_024;
/** Beyond it a margin's quantile is that of 10⁻¹⁵, as in native code: asinh(3 × 10¹⁴) is Cauchy's. */
const PROBABILITY_MIN = 1e-15;

/** The distribution of the variable beneath: normal, or Student's with degrees of freedom. */
type Beneath = number | null;

/** The lower tail, in which small probabilities keep their digits. */
function probabilityOf(freedom: Beneath, x: number): number {
  return freedom === null ? normalProbability(x) : studentProbability(x, freedom);
}

function quantileOf(freedom: Beneath, probability: number): number {
  return freedom === null ? normalQuantile(probability) : studentQuantile(probability, freedom);
}

/** Where tables of a copula end, as asinh of the variable. */
export function tableEnd(copula: Beneath): number {
  return Math.asinh(-quantileOf(copula, PROBABILITY_MIN));
}

/** The quantile of a margin at the probability of the variable beneath it. */
export function quantileTable(copula: Beneath, margin: Beneath): Float64Array {
  return oddTable(
    tableEnd(copula),
    (x) => -quantileOf(margin, Math.min(probabilityOf(copula, -x), 0.5)),
  );
}

/** The probability of the variable beneath, less a half. */
export function probabilityTable(copula: Beneath): Float64Array {
  return oddTable(tableEnd(copula), (x) => 0.5 - probabilityOf(copula, -x));
}

/** An odd function's values and slopes, node by node over asinh of its variable; slopes are those of a node's distance. */
function oddTable(end: number, at: (x: number) => number): Float64Array {
  const distance = end / (TABLE_NODES - 1);
  const values = Array.from({ length: TABLE_NODES + 2 }, (_, node) =>
    node === 0 ? 0 : at(Math.sinh(node * distance)),
  );
  const value = (node: number) => (node < 0 ? -(values[-node] ?? 0) : (values[node] ?? 0));
  const table = new Float64Array(2 * TABLE_NODES);
  for (let node = 0; node < TABLE_NODES; node += 1) {
    // The slope of the quartic through five nodes.
    const near = value(node + 1) - value(node - 1);
    const far = value(node + 2) - value(node - 2);
    table.set([value(node), (8 * near - far) / 12], 2 * node);
  }
  return table;
}
