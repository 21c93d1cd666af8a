import type { Command } from 'commander';

import {
  compactJournal,
  replayJournal,
  verifyAnchoredJournal,
  verifyJournal,
  type JournalSummary,
} from '../native/journal-tools.js';
import { parseCount, printed } from './journal-flags.js';
import { addJournalRecordCommands } from './journal-records-command.js';

interface JsonFlag {
  readonly json?: boolean;
}

interface CompactFlags extends JsonFlag {
  readonly pack: boolean;
  readonly keepSegments?: number;
  readonly keepBytes?: number;
  readonly behindSnapshots?: boolean;
}

/** Adds `holdfast journal verify | replay | compact`, and the commands that print records. */
export function addJournalCommand(program: Command): void {
  const journal = program
    .command('journal')
    .description('read, prove and keep the journal of a session')
    .addHelpText('after', JOURNAL_EXAMPLES);
  addVerify(journal);
  addReplay(journal);
  addJournalRecordCommands(journal);
  addCompact(journal);
}

const EXIT_CODES = `
Exit code: 0 when the journal is intact, 1 when it is not, or cannot be read.`;

function addVerify(journal: Command): void {
  journal
    .command('verify <folder>')
    .description('check checksum and hash chain of every record; the first bad one is named')
    .option('--anchor <file>', 'compare with heads of the chain that were kept outside the journal')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast journal verify out/trend-following-sp500/journal
  $ holdfast journal verify live/journal --anchor /mnt/elsewhere/anchors.jsonl --json
${EXIT_CODES}`,
    )
    .action((folder: string, flags: JsonFlag & { readonly anchor?: string }) => {
      if (flags.anchor === undefined) {
        const summary = verifyJournal(folder);
        printed(flags, summary, summaryText(summary));
        return;
      }
      const { summary, anchors } = verifyAnchoredJournal(folder, flags.anchor);
      const older =
        anchors.given_up === 0 ? '' : `, ${anchors.given_up} older than its first record`;
      const compared = `${summaryText(summary)}\nanchors ${anchors.matched} match${older}`;
      printed(flags, { ...summary, anchors }, compared);
    });
}

function summaryText(summary: JournalSummary): string {
  const end = summary.closed
    ? 'closed'
    : 'not closed: the session was cut off after the last record';
  const late =
    summary.first_sequence === 0
      ? ''
      : `\nbegins late: records before ${summary.first_sequence} were given up, and are taken on trust`;
  return (
    `journal is intact: ${summary.records} records in ${summary.segments} segment(s), ` +
    `${summary.bytes} bytes, ${end}${late}\nhead ${summary.head}`
  );
}

function addReplay(journal: Command): void {
  journal
    .command('replay <folder>')
    .description('run the recorded inputs through a fresh engine and compare every output')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast journal replay out/trend-following-sp500/journal

Exit code: 0 when every record came again, 1 when one did not, or the journal is damaged.`,
    )
    .action((folder: string, flags: JsonFlag) => {
      const replayed = replayJournal(folder);
      const compared = replayed.compared_with_close
        ? ', equal to the one recorded at the close'
        : '';
      const text =
        `replay gives the same ${replayed.journal.records} records\n` +
        `state ${replayed.state_hash}${compared}`;
      printed(flags, replayed, text);
    });
}

function addCompact(journal: Command): void {
  journal
    .command('compact <folder>')
    .description(
      'pack sealed segments, and give up the oldest; the one being written stays as it is',
    )
    .option('--keep-segments <number>', 'most sealed segments that stay', parseCount)
    .option('--keep-bytes <number>', 'most bytes of sealed segments that stay', parseCount)
    .option('--behind-snapshots', 'give up only what no snapshot of the state needs for a restart')
    .option('--no-pack', 'leave sealed segments as they are')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Without --keep-segments or --keep-bytes nothing is given up. What is given up is removed from the disk.

Examples:
  $ holdfast journal compact live/journal
  $ holdfast journal compact live/journal --keep-segments 30

Exit code: 0 when done; 1 when somebody writes the journal (JOURNAL_LOCKED), or it is damaged.`,
    )
    .action((folder: string, flags: CompactFlags) => {
      const done = compactJournal(folder, {
        pack: flags.pack,
        segmentsMax: flags.keepSegments,
        bytesMax: flags.keepBytes,
        behindSnapshots: flags.behindSnapshots,
        nowMs: Date.now(),
      });
      const text =
        `${done.packed} segment(s) packed, ${done.removed} removed: ` +
        `${done.bytes_before} bytes before, ${done.bytes_after} after`;
      printed(flags, done, text);
    });
}

const JOURNAL_EXAMPLES = `
Examples:
  $ holdfast journal verify out/trend-following-sp500/journal
  $ holdfast journal why 1 out/trend-following-sp500/journal
  $ holdfast journal tail out/trend-following-sp500/journal --follow
  $ holdfast journal export out/trend-following-sp500/journal --csv --kinds venue_report --out fills.csv

Each command has examples of its own: holdfast journal why --help`;
