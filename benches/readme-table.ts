import { readFileSync, writeFileSync } from 'node:fs';

import { isStartedDirectly, type Suite, type SuiteRow } from './suite.js';

export interface Baseline {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly suites: readonly Suite[];
}

/** The formatter would align the columns, and the check could not compare any more. */
const BEGIN = '<!-- prettier-ignore-start -->';
const END = '<!-- prettier-ignore-end -->';

/** The page with every row. */
const PAGE = 'ts/docs/measurements.md';

const FROM_JAVASCRIPT = 'Holdfast from JavaScript, batches of 256';

/** Rows of a suite that the README shows; the page has every row. */
const SHOWN: Readonly<Record<string, (row: SuiteRow) => boolean>> = {
  boundary: (row) => row.subject === 'Holdfast',
  ring: (row) =>
    row.subject === 'Ring' && row.case.endsWith('batches of 64') && row.reference === 'ringbuf.js',
  decimals: (row) =>
    row.subject === 'Holdfast (TypeScript edge)' ||
    (row.subject === 'Holdfast (inside native code)' && row.case.startsWith('add')),
  portfolio: (row) => row.case.endsWith('10 steps') && row.subject === 'Holdfast (1,048,576 paths)',
  orders: (row) =>
    row.case.includes('sent and filled') &&
    ['Holdfast, native, with journal', `${FROM_JAVASCRIPT}, with journal`].includes(row.subject),
  gate: (row) => row.case.includes(' 1000 open') && row.subject.endsWith('submit of numbers'),
  'gate-batch': (row) => row.subject === 'Holdfast from JavaScript, batch',
  controls: () => false,
  breaker: (row) => row.case.includes('awaited') && row.subject === 'Holdfast',
  journal: (row) => row.subject !== 'holdfast verify',
  backtest: (row) => row.subject.startsWith('Holdfast'),
};

const isReference = (row: SuiteRow) => row.subject === row.reference;

const figure = (value: number) =>
  value >= 1_000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);

function line(row: SuiteRow): string {
  const ratio = isReference(row) ? 'reference' : `${figure(row.ratio)} × ${row.reference}`;
  return `| ${row.case} | ${row.subject} | ${figure(row.median)} ${row.unit} | ${figure(row.p99)} | ${row.samples} | ${ratio} |`;
}

const HEAD = ['| case | subject | median | p99 | samples | speed |', '|---|---|---|---|---|---|'];

const machineLine = ({ machine }: Baseline) =>
  `On ${machine['cores']} cores of ${machine['cpu']}, Node.js ${machine['node']}:`;

/** Makes the README's table of an accepted run: the rows to know, beside the references that they name. */
export function readmeTable(baseline: Baseline): string {
  const rows = baseline.suites.flatMap(({ suite, rows: all }) =>
    all.filter((row) => !isReference(row) && (SHOWN[suite] ?? (() => true))(row)),
  );
  return [machineLine(baseline), '', ...HEAD, ...rows.map(line)].join('\n');
}

/** Makes the tables of every suite of an accepted run, with every row. */
export function allTables(baseline: Baseline): string {
  const tables = baseline.suites.map(({ suite, rows }) =>
    [`## ${suite}`, '', ...HEAD, ...rows.map(line)].join('\n'),
  );
  return [machineLine(baseline), ...tables].join('\n\n');
}

/** Puts a table between a document's marks. */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the document must have ${BEGIN} and ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${document.slice(end)}`;
}

if (isStartedDirectly(import.meta.url)) {
  const root = new URL('..', import.meta.url);
  const baseline = JSON.parse(
    readFileSync(new URL('benches/baseline.json', root), 'utf8'),
  ) as Baseline;
  const tables = { 'README.md': readmeTable(baseline), [PAGE]: allTables(baseline) };
  for (const [name, table] of Object.entries(tables)) {
    const path = new URL(name, root);
    const document = readFileSync(path, 'utf8');
    const updated = withTable(document, table);
    if (!process.argv.includes('--check')) writeFileSync(path, updated);
    else if (updated !== document) {
      process.stderr.write(
        `the table in ${name} differs from benches/baseline.json: run npm run bench:readme\n`,
      );
      process.exitCode = 1;
    }
  }
}
