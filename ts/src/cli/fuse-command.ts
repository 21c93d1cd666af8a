import type { Command } from 'commander';

import { type FuseStatus, type FuseTrip, fuseStatus, resetFuse } from '../native/fuse-latch.js';
import { printed } from './journal-flags.js';

interface ResetFlags {
  readonly by: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** Adds `holdfast fuse status | reset`. */
export function addFuseCommand(program: Command): void {
  const fuse = program
    .command('fuse')
    .description('read and reset the egress fuse of an engine')
    .addHelpText('after', EXAMPLES);
  fuse
    .command('status <folder>')
    .description(
      "how the fuse's latch stands; the folder is the journal's, or the one named `latch`",
    )
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExit code: 0 when it holds, 1 when it has blown or cannot be read.')
    .action((folder: string, flags: { readonly json?: boolean }) => {
      const status = fuseStatus(folder);
      printed(flags, status, statusText(status));
      if (status.state === 'tripped') process.exitCode = 1;
    });
  fuse
    .command('reset <folder>')
    .description('let orders leave again, after a person has looked; then restart the engine')
    .requiredOption('--by <name>', 'who resets it')
    .requiredOption('--reason <text>', 'why it may trade again')
    .option('--json', 'print the outcome as JSON')
    .action((folder: string, flags: ResetFlags) => {
      const { by, reason } = flags;
      const status = resetFuse(folder, { by, reason, nowMs: Date.now() });
      printed(
        flags,
        status,
        `${statusText(status)}\nrestart the engine: a running one stays blown`,
      );
    });
}

function statusText({ state, trip, resets }: FuseStatus): string {
  const last = resets.at(-1);
  const lines = [state === 'armed' ? 'the fuse holds' : 'the fuse has blown'];
  if (trip !== null) lines.push(tripText(trip));
  if (last !== undefined)
    lines.push(`last reset by ${last.by} ${instant(last.ts_ns)}: ${last.reason}`);
  return lines.join('\n');
}

function tripText({ code, ceiling, limit, observed, client_order_id: order, ts_ns: ts }: FuseTrip) {
  return `${code} ${instant(ts)}: order ${order} would have made ${ceiling} ${observed}, the ceiling is ${limit}`;
}

function instant(tsNs: string): string {
  return new Date(Number(BigInt(tsNs) / 1_000_000n)).toISOString();
}

const EXAMPLES = `
Examples:
  $ holdfast fuse status live/journal
  $ holdfast fuse reset live/journal --by ada --reason "order loop in the hedger mended"`;
