#!/usr/bin/env node
import { Command } from 'commander';

import { packageVersion } from '../native/addon-path.js';
import { addBacktestCommand } from './backtest-command.js';
import { addDemoCommand } from './demo-command.js';
import { failureJson, failureText } from './failure-output.js';
import { addFuseCommand } from './fuse-command.js';
import { addJournalCommand } from './journal-command.js';
import { addLimitsCommand } from './limits-command.js';
import { addRiskCommand } from './risk/risk-command.js';
import { addReconcileCommand } from './reconcile-command.js';
import { addSimulateCommand } from './simulate-command.js';

const RISK_NOTICE = `
For education and research. Trading carries a substantial risk of loss; past results, simulated ones above all,
say little about the future. Complying with the law that applies to you is your duty.`;

const program = new Command('holdfast')
  .description('the native trading core for bots written in Node.js')
  .version(packageVersion())
  .showHelpAfterError('(run with --help for the options)')
  .addHelpText('after', RISK_NOTICE);
addDemoCommand(program);
addBacktestCommand(program);
addJournalCommand(program);
addFuseCommand(program);
addLimitsCommand(program);
addRiskCommand(program);
addReconcileCommand(program);
addSimulateCommand(program);

// A reader that has seen enough, such as `head`, closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  const json = process.argv.includes('--json');
  process.stderr.write(`${json ? failureJson(error) : failureText(error)}\n`);
  process.exitCode = 1;
}
