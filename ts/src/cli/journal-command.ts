import { type Command, InvalidArgumentError } from 'commander';

import { readJournal, replayJournal, verifyJournal } from '../native/journal-tools.js';

interface ShowFlags {
  readonly first: number;
  readonly count: number;
}

/** Adds `holdfast journal verify | show | replay`. */
export function addJournalCommand(program: Command): void {
  const journal = program.command('journal').description('read and prove the journal of a session');
  journal
    .command('verify <folder>')
    .description('check checksum and hash chain of every record; the first bad one is named')
    .option('--json', 'print the outcome as JSON')
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const summary = verifyJournal(folder);
      const end = summary.closed
        ? 'closed'
        : 'not closed: the session was cut off after the last record';
      const text =
        `journal is intact: ${summary.records} records in ${summary.segments} segment(s), ` +
        `${summary.bytes} bytes, ${end}\nhead ${summary.head}`;
      process.stdout.write(`${flags.json === true ? JSON.stringify(summary, null, 2) : text}\n`);
    });
  journal
    .command('replay <folder>')
    .description('run the recorded inputs through a fresh engine and compare every output')
    .option('--json', 'print the outcome as JSON')
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const replayed = replayJournal(folder);
      const text =
        `replay gives the same ${replayed.journal.records} records\n` +
        `state ${replayed.state_hash}${replayed.compared_with_close ? ', equal to the one recorded at the close' : ''}`;
      process.stdout.write(`${flags.json === true ? JSON.stringify(replayed, null, 2) : text}\n`);
    });
  journal
    .command('show <folder>')
    .description('print records as JSON lines')
    .option('--first <sequence>', 'first record', parseCount, 0)
    .option('--count <number>', 'how many records', parseCount, 20)
    .action((folder: string, flags: ShowFlags) => {
      for (const record of readJournal(folder, flags.first, flags.count)) {
        process.stdout.write(`${JSON.stringify(record)}\n`);
      }
    });
  journal.addHelpText(
    'after',
    `
Examples:
  $ holdfast journal verify out/trend-following-sp500/journal
  $ holdfast journal replay out/trend-following-sp500/journal
  $ holdfast journal show out/trend-following-sp500/journal --first 300 --count 5`,
  );
}

function parseCount(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('must be a whole number from 0.');
}
