import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';

import { HoldfastError } from '../core/holdfast-error.js';
import { loadStrategy } from './load-strategy.js';
import { runSession } from './session-run.js';

const EXAMPLE = fileURLToPath(new URL('../../examples/trend-following.ts', import.meta.url));

/** The file of daily S&P 500 bars in the package vega-datasets. */
function sp500File(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('vega-datasets');
    return join(dirname(dirname(entry)), 'data', 'sp500-2000.csv');
  } catch (cause) {
    throw new HoldfastError(
      'DEPENDENCY_MISSING',
      'the demo needs the package vega-datasets for its data: npm install vega-datasets',
      { context: { package: 'vega-datasets' }, cause },
    );
  }
}

/** Adds `holdfast demo`: the main job on the embedded default. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('trade 20 years of S&P 500 daily bars with examples/trend-following.ts')
    .option('--out <dir>', 'folder for the results', join('out', 'trend-following-sp500'))
    .option('--json', 'print the summary as JSON')
    .action(async (flags: { readonly out: string; readonly json?: boolean }) => {
      const { strategy, hash } = await loadStrategy(EXAMPLE);
      await runSession({
        options: {
          strategy,
          strategyHash: hash,
          data: [
            {
              file: sp500File(),
              description: {
                symbol: 'SP500',
                format: 'csv',
                tick: '0.01',
                lot: '1',
                round: 'nearest',
                interval: '1d',
              },
            },
          ],
          out: flags.out,
        },
        json: flags.json ?? false,
        heading: [
          'strategy trend-following from examples/trend-following.ts',
          'data     S&P 500 daily bars 2000 to 2020 (vega-datasets), tick 0.01, rounded to the nearest',
          "limits   the strategy's own",
        ],
      });
    });
}
