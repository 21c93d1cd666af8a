// Bundles script and style of the report page into dist/engine/report, where html-report.js reads
// them.
// Run after tsc: `node ts/tools/build-report-page.mjs`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = `${root}/ts/dashboard/report`;
const target = `${root}/dist/engine/report`;

/** Chart library inlined into every page; its licence asks that the notice goes with each copy. */
const CHART_NOTICE = '/*! Charts: uPlot, Copyright (c) Leon Sorokin, MIT licence */';

await build({
  absWorkingDir: root,
  entryPoints: { 'report-page': `${source}/page.ts` },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  charset: 'ascii',
  legalComments: 'inline',
  banner: { js: CHART_NOTICE },
  tsconfig: `${source}/tsconfig.json`,
  logLevel: 'warning',
});

await build({
  absWorkingDir: root,
  entryPoints: {
    'report-page': `${source}/page.css`,
    'risk-page': `${source}/risk-page.css`,
  },
  outdir: target,
  bundle: true,
  minify: true,
  target: ['chrome111', 'firefox113', 'safari16.2'],
  logLevel: 'warning',
});

// The files are pasted into elements of the page, so they must not be able to end them.
for (const { file, end } of [
  { file: 'report-page.js', end: '</script' },
  { file: 'report-page.css', end: '</style' },
  { file: 'risk-page.css', end: '</style' },
]) {
  const text = await readFile(`${target}/${file}`, 'utf8');
  if (text.toLowerCase().includes(end)) throw new Error(`${file} must not contain ${end}`);
}
