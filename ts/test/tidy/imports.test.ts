import { describe, expect, it } from 'vitest';
import { strayBoundaries, wrongCrateDirections } from './rules/boundaries.js';
import {
  cycles,
  groundImports,
  missingTargets,
  readModuleGraph,
  wrongDirections,
} from './rules/module-graph.js';
import { sampleFile, TREE } from './source-tree.js';

const GRAPH = readModuleGraph(TREE);

describe('the modules', () => {
  it('are there', () => expect(GRAPH.size).toBeGreaterThan(50));
  it('import what exists', () => expect(missingTargets(GRAPH)).toEqual([]));
  it('import in one direction', () => expect(wrongDirections(GRAPH)).toEqual([]));
  it('stand on a ground that imports nothing', () => expect(groundImports(GRAPH)).toEqual([]));
  it('form no cycle', () => expect(cycles(GRAPH)).toEqual([]));
  it('cross to native code in one folder', () => expect(strayBoundaries(TREE)).toEqual([]));
  it('are crates that depend in one direction', () =>
    expect(wrongCrateDirections(TREE)).toEqual([]));
});

/** A graph of modules, each with the text that it consists of. */
function graphOf(modules: Readonly<Record<string, string>>) {
  return readModuleGraph(Object.entries(modules).map(([path, text]) => sampleFile(path, text)));
}

describe('the rules of imports', () => {
  it('read every form of an import, and none from comments', () => {
    const text = `
import { a } from './a.js';
import type {
  B,
} from '../b.js';
export * from './c.js';
import './d.js';
const e = await import('./e.js');
// import { x } from './x.js';
/** import { y } from './y.js'; */
import zod from 'zod';
`;
    const graph = graphOf({ 'ts/src/engine/m.ts': text });
    const targets = graph.get('ts/src/engine/m.ts')?.map(({ target }) => target);
    expect(targets).toEqual([
      'ts/src/engine/a.ts',
      'ts/src/b.ts',
      'ts/src/engine/c.ts',
      'ts/src/engine/d.ts',
      'ts/src/engine/e.ts',
    ]);
  });

  it('find imports that point up, and let the ground be imported by all', () => {
    const graph = graphOf({
      'ts/src/quant/a.ts': "import { E } from '../engine/e.js';",
      'ts/src/native/b.ts':
        "import { H } from '../core/holdfast-error.js';\nimport { P } from '../core/price.js';",
      'ts/src/engine/e.ts': "import { A } from '../quant/a.js';\nimport '../market/m.js';",
      'ts/src/market/m.ts': "import '../strategies/s.js';",
    });
    expect(wrongDirections(graph)).toEqual([
      'ts/src/quant/a.ts: must not import ts/src/engine/e.ts, which lies above it',
      'ts/src/native/b.ts: must not import ts/src/core/price.ts, which lies above it',
    ]);
  });

  it('find judgement that depends on guesses', () => {
    const graph = graphOf({ 'ts/src/risk/a.ts': "import { M } from '../ml/m.js';" });
    expect(wrongDirections(graph)).toEqual(['ts/src/risk/a.ts: must not import ts/src/ml/m.ts']);
  });

  it('find a folder without a layer, and a ground that is none', () => {
    expect(wrongDirections(graphOf({ 'ts/src/extra/a.ts': '' }))).toHaveLength(1);
    const ground = graphOf({ 'ts/src/core/holdfast-error.ts': "import './price.js';" });
    expect(groundImports(ground)).toHaveLength(1);
  });

  it('find cycles and missing files', () => {
    const graph = graphOf({
      'ts/src/core/a.ts': "import './b.js';",
      'ts/src/core/b.ts': "import './c.js';\nimport type { D } from './d.js';",
      'ts/src/core/d.ts': "import './b.js';",
      'ts/src/core/c.ts': "import './a.js';\nimport './gone.js';",
    });
    expect(cycles(graph)).toEqual([
      'ts/src/core/a.ts -> ts/src/core/b.ts -> ts/src/core/c.ts -> ts/src/core/a.ts',
    ]);
    expect(missingTargets(graph)).toEqual([
      'ts/src/core/c.ts: must not import ts/src/core/gone.ts, which does not exist',
    ]);
  });

  it.each([
    ['ts/src/core/a.ts', "createRequire(import.meta.url)('./x.node')"],
    ['native/rust/core/src/a.rs', 'use napi::Result;'],
    ['native/rust/risk/Cargo.toml', 'napi-derive = "3"'],
    ['native/cpp/src/ring.cpp', '#include <napi.h>'],
  ])('find a stray boundary in %s', (path, text) => {
    expect(strayBoundaries([sampleFile(path, text)])).toHaveLength(1);
  });

  it('find crates that depend upwards, tests left out', () => {
    const text = '[dependencies]\nholdfast-sim.workspace = true\nserde = "1"\n\n';
    const tests = '[dev-dependencies]\nholdfast-sim.workspace = true\n';
    expect(
      wrongCrateDirections([
        sampleFile('native/rust/engine/Cargo.toml', text + tests),
        sampleFile('native/rust/risk/Cargo.toml', `[dependencies]\nserde = "1"\n\n${tests}`),
        sampleFile('native/rust/extra/Cargo.toml', ''),
      ]),
    ).toEqual([
      'native/rust/engine/Cargo.toml: must not depend on holdfast-sim',
      'native/rust/extra/Cargo.toml: the crate must have an entry in this rule',
    ]);
  });
});
