/** What a portfolio's paths depend on, in the form of native code. */
export interface PortfolioModel {
  readonly exposures: Float64Array;
  readonly drifts: Float64Array;
  /** The Cholesky factor, row by row without the zeros. */
  readonly factor: Float64Array;
  readonly geometric: boolean;
  readonly steps: number;
}

/** Normals that one counter gives. */
const BLOCK = 4;
const LANES = ['x', 'y', 'z', 'w'] as const;

/** A number as single precision reads it back: its shortest decimal text. */
const literal = (value: number) => `${Math.fround(value)}f`;

const normal = (asset: number) => `n${Math.floor(asset / BLOCK)}.${LANES[asset % BLOCK]}`;

/** One asset's part of a step; the sum starts at its first term, as the processor's does at zero. */
function advance({ factor, drifts }: PortfolioModel, row: number): string {
  const start = (row * (row + 1)) / 2;
  const terms = Array.from({ length: row + 1 }, (_, column) => {
    const term = `${literal(factor[start + column] ?? 0)} * ${normal(column)}`;
    return column === 0 ? `    shock = ${term};` : `    shock = shock + ${term};`;
  });
  const drift = literal(drifts[row] ?? 0);
  return [...terms, `    r${row} = r${row} + (${drift} + shock);`].join('\n');
}

/**
 * Writes the part of `portfolio_paths.wgsl` that is made for a portfolio. The order of operations is that of the
 * processor's kernel.
 */
export function portfolioModel(model: PortfolioModel): string {
  const assets = Array.from(model.exposures, (exposure, asset) => ({ exposure, asset }));
  const blocks = Array.from({ length: Math.ceil(assets.length / BLOCK) }, (_, block) => block);
  const draws = blocks.map(
    (block) => `    let n${block} = normals_of(scenario, step, ${block}u, STREAM_DIFFUSION, seed);`,
  );
  const values = assets.map(({ exposure, asset }) => {
    const change = model.geometric ? `exp_minus_one(clamp(r${asset}, -80.0, 80.0))` : `r${asset}`;
    return `  total = total + ${literal(exposure)} * ${change};`;
  });
  return `
fn outcome_of(scenario: u32, seed: vec2<u32>) -> f32 {
${assets.map(({ asset }) => `  var r${asset} = 0.0;`).join('\n')}
  for (var step = 0u; step < ${model.steps}u; step += 1u) {
    var shock: f32;
${draws.join('\n')}
${assets.map(({ asset }) => advance(model, asset)).join('\n')}
  }
  var total = 0.0;
${values.join('\n')}
  return total;
}
`;
}

/** Writes the part of `wide_portfolio_paths.wgsl` that is made for a portfolio: its sizes; its numbers lie in memory. */
export function wideModel({ exposures, geometric, steps }: PortfolioModel): string {
  return `
const ASSETS: u32 = ${exposures.length}u;
const BLOCKS: u32 = ${Math.ceil(exposures.length / BLOCK)}u;
const STEPS: u32 = ${steps}u;
const GEOMETRIC: bool = ${geometric};
`;
}
