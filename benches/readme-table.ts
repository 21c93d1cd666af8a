import { readFileSync, writeFileSync } from 'node:fs';

import { isStartedDirectly, type Suite, type SuiteRow } from './suite.js';

export interface Baseline {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly suites: readonly Suite[];
}

/** The formatter would align the columns, and the check could not compare any more. */
const BEGIN = '<!-- prettier-ignore-start -->';
const END = '<!-- prettier-ignore-end -->';

/** Rows of a suite that the README shows; every other row is in the baseline. */
const SHOWN: Readonly<Record<string, (row: SuiteRow) => boolean>> = {
  boundary: (row) => row.subject === 'Holdfast',
  ring: (row) =>
    row.subject === 'Ring' &&
    row.case.includes('batches of 64') &&
    ['ringbuf.js', 'postMessage, typed array'].includes(row.reference),
  decimals: (row) => row.subject.startsWith('Holdfast'),
  backtest: () => true,
};

const figure = (value: number) =>
  value >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);

function line(row: SuiteRow): string {
  const ratio =
    row.subject === row.reference ? 'reference' : `${figure(row.ratio)} × ${row.reference}`;
  return `| ${row.case} | ${row.subject} | ${figure(row.median)} ${row.unit} | ${figure(row.p99)} | ${row.samples} | ${ratio} |`;
}

/** Makes the README's table of an accepted run. */
export function readmeTable({ machine, suites }: Baseline): string {
  const rows = suites.flatMap(({ suite, rows: all }) => all.filter(SHOWN[suite] ?? (() => true)));
  return [
    `On ${machine['cores']} cores of ${machine['cpu']}, Node.js ${machine['node']}:`,
    '',
    '| case | subject | median | p99 | samples | speed |',
    '|---|---|---|---|---|---|',
    ...rows.map(line),
  ].join('\n');
}

/** Puts a table between the README's marks. */
export function withTable(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README must have ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

if (isStartedDirectly(import.meta.url)) {
  const root = new URL('..', import.meta.url);
  const path = new URL('README.md', root);
  const baseline = JSON.parse(
    readFileSync(new URL('benches/baseline.json', root), 'utf8'),
  ) as Baseline;
  const readme = readFileSync(path, 'utf8');
  const updated = withTable(readme, readmeTable(baseline));
  if (process.argv.includes('--check')) {
    if (updated !== readme) {
      process.stderr.write(
        'the table in README.md differs from benches/baseline.json: run npm run bench:readme\n',
      );
      process.exitCode = 1;
    }
  } else writeFileSync(path, updated);
}
