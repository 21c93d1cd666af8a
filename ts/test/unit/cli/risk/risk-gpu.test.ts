import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { adapter, hasAdapter, hasSoftwareOnly } from '../../../support/gpu-adapter.js';
import { returnTable } from '../../../support/sp500-returns.js';
import { temporaryFolder, writeInto } from '../../../support/temporary-folder.js';

/** A software adapter plays on a processor that other tests use as well. */
const TIMEOUT_MS = 120_000;

const folder = temporaryFolder();
let price = 100;
const days = returnTable(200, 1).map(([move = 0], index) => {
  price *= 1 + move;
  return `${new Date(Date.UTC(2015, 0, 1 + index)).toISOString().slice(0, 10)},${price}`;
});
const prices = writeInto(folder, 'prices.csv', ['date,AAA', ...days].join('\n'));
const positions = writeInto(folder, 'positions.csv', 'symbol,quantity\nAAA,100\n');
/** A driver reads the environment that its process was started with. */
const NO_DRIVER = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
const MAIN = join(import.meta.dirname, '../../../../../dist/cli/main.js');
/** More than a hundred million numbers: worth a device. */
const LARGE = ['--scenarios', '16777216', '--horizon', '6'];

/** Runs the program as a user does. */
function report(more: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const files = ['--positions', positions, '--prices', prices];
  const scenarios = more.includes('--scenarios') ? [] : ['--scenarios', '8192'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [MAIN, 'risk', 'report', ...files, '--window', '199', ...scenarios, ...more],
    { encoding: 'utf8', timeout: TIMEOUT_MS, env: { ...process.env, ...environment } },
  );
  return { status, stdout, stderr };
}

interface MonteCarlo {
  readonly method: string;
  readonly basis: string;
  readonly figures: readonly { readonly var: number; readonly cvar: number }[];
}

function monteCarlo(
  more: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): MonteCarlo {
  const { status, stdout, stderr } = report(['--json', ...more], environment);
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  const { methods } = JSON.parse(stdout) as { methods: readonly MonteCarlo[] };
  const found = methods.find(({ method }) => method === 'monte_carlo');
  if (found === undefined) throw new Error('no Monte Carlo method');
  return found;
}

describe('holdfast risk report --gpu', () => {
  it(
    'PRISK-07: never runs on the processor, whatever there is',
    () => {
      const found = monteCarlo(['--gpu', 'never']);
      expect(found.basis).toMatch(/^8,192 paths of correlated normal returns \((?!.*graphics)/);
      expect(monteCarlo(['--gpu', 'never'], NO_DRIVER).figures).toEqual(found.figures);
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasAdapter)(
    'PRISK-05: always runs on the adapter that is allowed, names it, and has the figures of the processor',
    () => {
      const found = monteCarlo(['--gpu', 'always', '--software-adapter']);
      expect(found.basis).toContain(adapter?.name);
      const expected = monteCarlo(['--gpu', 'never']);
      expected.figures.forEach((figures, place) => {
        expect((found.figures[place]?.var ?? 0) / figures.var).toBeCloseTo(1, 5);
        expect((found.figures[place]?.cvar ?? 0) / figures.cvar).toBeCloseTo(1, 5);
      });
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasSoftwareOnly)(
    'GPU_SOFTWARE_REFUSED: always fails with the flags that help, on a machine without a card',
    () => {
      const { status, stdout, stderr } = report(['--gpu', 'always']);
      expect(status).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toContain('error GPU_SOFTWARE_REFUSED');
      expect(stderr).toContain('--software-adapter');
      expect(stderr).toContain('--gpu never');
    },
    TIMEOUT_MS,
  );

  it(
    'always fails where there is no driver, with a way out that this command has',
    () => {
      const { status, stdout, stderr } = report(['--gpu', 'always'], NO_DRIVER);
      expect(status).not.toBe(0);
      expect(stdout).toBe('');
      // Without the optional package no driver is asked for.
      expect(stderr).toMatch(/error (GPU_UNAVAILABLE|DEPENDENCY_MISSING): /);
      expect(stderr).toContain('--gpu never');
    },
    TIMEOUT_MS,
  );

  it(
    'PRISK-07: auto leaves small work to the processor, and large work where there is no driver, which its row says',
    () => {
      expect(monteCarlo(['--gpu', 'auto']).figures).toEqual(monteCarlo([]).figures);
      expect(monteCarlo(['--gpu', 'auto']).basis).not.toContain('no graphics device');
      const { basis, figures } = monteCarlo(['--gpu', 'auto', ...LARGE], NO_DRIVER);
      expect(basis).toMatch(/no graphics device: (GPU_UNAVAILABLE|DEPENDENCY_MISSING)/);
      expect(figures[0]?.var).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
