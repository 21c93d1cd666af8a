import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { isStartedDirectly, median, percentile, printSuite, type Suite } from './suite.js';

const ORDERS = 100_000;
const SAMPLES = 11;

/** What `native/rust/engine/examples/journal_figures.rs` prints. */
interface Figures {
  readonly cases: readonly {
    readonly case: string;
    readonly subject: string;
    readonly unit: string;
    readonly samples: readonly number[];
  }[];
}

/** Of each case the subject that the others are measured against: what the machine does without a journal. */
const REFERENCES: ReadonlySet<string> = new Set([
  'plain writes of as many bytes',
  'plain write and fdatasync',
  'reading the file',
]);

/** The journal in native code beside the bare disk: records buffered, commits forced down, a run read back. */
export function journalSuite(): Suite {
  const cargo = ['build', '--quiet', '--release', '--package', 'holdfast-engine', '--examples'];
  execFileSync('cargo', cargo, { stdio: 'inherit' });
  const program = (name: string) => resolve('target', 'release', 'examples', name);
  // Under build/, because a temporary folder may lie in memory, where nothing is forced to a disk.
  const folder = mkdtempSync(resolve('build', 'journal-bench-'));
  try {
    const recorded = join(folder, 'recorded');
    const run = [recorded, String(ORDERS), '1', 'os'];
    execFileSync(program('crash_run'), run, { stdio: ['ignore', 'ignore', 'inherit'] });
    const output = execFileSync(program('journal_figures'), [folder, recorded, String(SAMPLES)], {
      encoding: 'utf8',
    });
    return { suite: 'journal', rows: rowsOf(JSON.parse(output) as Figures) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf({ cases }: Figures): Suite['rows'] {
  return cases.map(({ case: name, subject, unit, samples }) => {
    const reference = cases.find((other) => other.case === name && REFERENCES.has(other.subject));
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

if (isStartedDirectly(import.meta.url)) printSuite(journalSuite());
