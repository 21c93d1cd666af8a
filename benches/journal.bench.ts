import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type Figure, rowsOf } from './figures.js';
import { nativeExample } from './native-example.js';
import { isStartedDirectly, printSuite, type Suite } from './suite.js';

const ORDERS = 100_000;
const SAMPLES = 11;

/** What `native/rust/engine/examples/journal_figures.rs` prints. */
interface Figures {
  readonly cases: readonly Figure[];
}

/** Of each case the subject that the others are measured against: what the machine does without a journal. */
const REFERENCES: ReadonlySet<string> = new Set([
  'plain writes of as many bytes',
  'plain write and fdatasync',
  'reading the file',
]);

/** The journal in native code beside the bare disk: records buffered, commits forced down, a run read back. */
export function journalSuite(): Suite {
  const record = nativeExample('holdfast-engine', 'crash_run');
  const measure = nativeExample('holdfast-engine', 'journal_figures');
  // Under build/, because a temporary folder may lie in memory, where nothing is forced to a disk.
  const folder = mkdtempSync(resolve('build', 'journal-bench-'));
  try {
    const recorded = join(folder, 'recorded');
    record(recorded, String(ORDERS), '1', 'os');
    const { cases } = JSON.parse(measure(folder, recorded, String(SAMPLES))) as Figures;
    const rows = rowsOf(
      cases,
      (other, figure) => other.case === figure.case && REFERENCES.has(other.subject),
    );
    return { suite: 'journal', rows };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (isStartedDirectly(import.meta.url)) printSuite(journalSuite());
