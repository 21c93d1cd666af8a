import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';

import { HoldfastError, isHoldfastError } from '../core/holdfast-error.js';
import type { RecordKind } from '../core/vocabulary.generated.js';
import { explainOrder } from '../engine/order-explanation.js';
import { JournalCursor } from '../native/journal-cursor.js';
import type { JournalRecord } from '../native/journal-tools.js';
import { EXPORT_FORMS, type ExportForm, exportedText, recordLine } from './journal-export.js';
import { parseCount, parseKinds, printed } from './journal-flags.js';
import { orderExplanationText } from './order-explanation-text.js';

interface RecordFlags {
  readonly kinds?: readonly RecordKind[];
  readonly json?: boolean;
}

interface TailFlags extends RecordFlags {
  readonly count: number;
  readonly follow?: boolean;
}

interface ExportFlags extends Partial<Record<ExportForm, boolean>> {
  readonly kinds?: readonly RecordKind[];
  readonly out?: string;
}

/** How often a followed journal is looked at, in milliseconds. */
const FOLLOW_MS = 200;

/** Adds `holdfast journal show | tail | why | export`. */
export function addJournalRecordCommands(journal: Command): void {
  addShow(journal);
  addTail(journal);
  addWhy(journal);
  addExport(journal);
}

const KINDS_HELP = 'only records of these kinds, separated by commas';
const EXIT_CODES =
  'Exit code: 0, or 1 when the journal is damaged; what stands before the damage is printed.';

function print(record: JournalRecord, flags: RecordFlags): void {
  const text = flags.json === true ? JSON.stringify(record) : recordLine(record);
  process.stdout.write(`${text}\n`);
}

function addShow(journal: Command): void {
  journal
    .command('show <folder>')
    .description('print records from a sequence on, one a line')
    .option('--first <sequence>', 'first record', parseCount, 0)
    .option('--count <number>', 'how many records', parseCount, 20)
    .option('--kinds <kinds>', KINDS_HELP, parseKinds)
    .option('--json', 'print records as JSON lines, with every field')
    .addHelpText(
      'after',
      `
Prices are ticks and quantities lots of their instrument, times are UTC.

Examples:
  $ holdfast journal show out/trend-following-sp500/journal --first 400 --count 10
  $ holdfast journal show out/trend-following-sp500/journal --kinds verdict --json

${EXIT_CODES}`,
    )
    .action(
      (folder: string, flags: RecordFlags & { readonly first: number; readonly count: number }) => {
        const { first, count, kinds } = flags;
        let printedCount = 0;
        if (count === 0) return;
        for (const record of new JournalCursor(folder, { first, kinds }).records()) {
          print(record, flags);
          printedCount += 1;
          if (printedCount === count) return;
        }
      },
    );
}

function addTail(journal: Command): void {
  journal
    .command('tail <folder>')
    .description('print the last records, and with --follow those that are written from then on')
    .option('--count <number>', 'how many of the last records', parseCount, 10)
    .option('-f, --follow', 'wait for more until interrupted')
    .option('--kinds <kinds>', KINDS_HELP, parseKinds)
    .option('--json', 'print records as JSON lines, with every field')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast journal tail live/journal
  $ holdfast journal tail live/journal --follow --kinds verdict,venue_report

${EXIT_CODES}`,
    )
    .action(async (folder: string, flags: TailFlags) => {
      const { count, kinds, follow } = flags;
      const first = Math.max(0, endOf(folder) - count);
      const cursor = new JournalCursor(folder, { first, near: true, kinds });
      if (follow !== true) {
        for (const record of cursor.records()) print(record, flags);
        return;
      }
      await followed(cursor, flags);
    });
}

/** Prints what comes until the user interrupts. */
async function followed(cursor: JournalCursor, flags: RecordFlags): Promise<void> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop);
  try {
    while (!interrupt.signal.aborted) {
      try {
        for (const record of cursor.records()) print(record, flags);
      } catch (error) {
        // The writer may be in the midst of a record; the rest of it comes.
        if (!isHoldfastError(error) || error.code !== 'JOURNAL_TRUNCATED') throw error;
      }
      await pause(FOLLOW_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
      cursor.refresh();
    }
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** Returns the sequence behind the last whole record; only the last segment is read. */
function endOf(folder: string): number {
  const cursor = new JournalCursor(folder, { first: Number.MAX_SAFE_INTEGER, near: true });
  try {
    cursor.records().next();
  } catch (error) {
    // Printing what stands before the damage comes first; it is met again behind it.
    if (!isHoldfastError(error)) throw error;
  }
  return cursor.nextSequence;
}

function addWhy(journal: Command): void {
  journal
    .command('why <order> <folder>')
    .description("explain an order's decision and its life, from the journal alone")
    .option('--json', 'print the explanation as JSON')
    .addHelpText(
      'after',
      `
ORDER is the client order id, as orders.csv, the report and \`journal show\` have it. Either may stand first: an order is a
whole number, and a folder that is one too has to stand second.

Examples:
  $ holdfast journal why 1 out/trend-following-sp500/journal
  $ holdfast journal why 1 out/trend-following-sp500/journal --json

Exit code: 0; 1 when there is no such order, or the journal is damaged behind the records that tell its story.`,
    )
    .action((first: string, second: string, flags: { readonly json?: boolean }) => {
      const [order, folder] = orderAndFolder(first, second);
      const explanation = explainOrder(folder, order);
      printed(flags, explanation, orderExplanationText(explanation).trimEnd());
      const { damage } = explanation;
      if (damage === null) return;
      process.stderr.write(
        `the journal is damaged further on: ${damage.code}: ${damage.message}\n`,
      );
      process.exitCode = 1;
    });
}

const WHOLE_NUMBER = /^\d+$/;

/** An id is a whole number, so that arguments in the other order are told apart. */
function orderAndFolder(first: string, second: string): readonly [order: string, folder: string] {
  const isReversed = !WHOLE_NUMBER.test(first) && WHOLE_NUMBER.test(second);
  return isReversed ? [second, first] : [first, second];
}

function addExport(journal: Command): void {
  journal
    .command('export <folder>')
    .description('write records as CSV or JSON')
    .option('--csv', 'comma-separated; a column for each field when --kinds names one kind')
    .option('--json', 'one JSON array')
    .option('--jsonl', 'one JSON object a line')
    .option('--kinds <kinds>', KINDS_HELP, parseKinds)
    .option('--out <file>', 'file to write, instead of standard output; must not exist')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast journal export live/journal --csv --kinds venue_report --out fills.csv
  $ holdfast journal export live/journal --jsonl --kinds order_submitted,verdict | jq .content

${EXIT_CODES}`,
    )
    .action((folder: string, flags: ExportFlags) => {
      const [form, other] = EXPORT_FORMS.filter((name) => flags[name] === true);
      if (form === undefined || other !== undefined) {
        throw new HoldfastError(
          'ARGUMENT_INVALID',
          'one of --csv, --json and --jsonl must be given',
          { context: { field: 'form' } },
        );
      }
      const { kinds, out } = flags;
      const records = new JournalCursor(folder, { kinds }).records();
      const texts = exportedText(records, form, kinds?.length === 1);
      if (out === undefined) for (const text of texts) process.stdout.write(text);
      else writeFile(out, texts);
    });
}

function writeFile(path: string, texts: Iterable<string>): void {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (cause) {
    throw outputFailure(path, cause);
  }
  try {
    for (const text of texts) writeSync(file, text);
  } catch (cause) {
    throw isHoldfastError(cause) ? cause : outputFailure(path, cause);
  } finally {
    closeSync(file);
  }
}

function outputFailure(path: string, cause: unknown): HoldfastError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HoldfastError('OUTPUT_IO', `export must be written, ${path}: ${reason}`, {
    context: { path },
    cause,
  });
}
