import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

import { HoldfastError } from '../core/holdfast-error.js';
import { Reconciliation } from '../engine/reconciliation.js';
import { assertVenueState, type VenueState } from '../engine/venue-state.js';
import type { ReconciliationDecision, ReconciliationState } from '../native/reconciler.js';
import { printed } from './journal-flags.js';
import { reconciliationText } from './reconciliation-text.js';

interface ReconcileFlags {
  readonly venue: string;
  readonly adopt?: readonly string[];
  readonly flatten?: readonly string[];
  readonly ignore?: readonly string[];
  readonly reason?: string;
  readonly json?: boolean;
}

/** Exit code while differences stand open. */
const OPEN_EXIT_CODE = 3;

/** Adds `holdfast reconcile`. */
export function addReconcileCommand(program: Command): void {
  program
    .command('reconcile <journal>')
    .description('compare a journal with what its venue says, and decide about each difference')
    .requiredOption('--venue <file>', 'what the venue says: orders, fills, positions, balances')
    .option('--adopt <id>', "take the venue's word for an item, or for `all`; repeatable", collect)
    .option('--flatten <id>', 'take it over and close it at the venue; repeatable', collect)
    .option('--ignore <id>', 'leave a difference as it is; repeatable, with --reason', collect)
    .option('--reason <text>', 'why; recorded with every decision of this call')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', HELP)
    .action((journal: string, flags: ReconcileFlags) => {
      const outcome = reconciled(journal, flags);
      printed(flags, outcome, reconciliationText(outcome));
      if (outcome.open.length > 0) process.exitCode = OPEN_EXIT_CODE;
    });
}

/** An item that this call decided about. */
export interface DecidedItem {
  readonly id: string;
  readonly code: string;
  readonly decision: ReconciliationDecision;
}

/** What the command found and did. */
export interface ReconcileOutcome extends ReconciliationState {
  readonly journal: string;
  /** Whether it was written to the journal. */
  readonly written: boolean;
  readonly decided: readonly DecidedItem[];
  readonly restart: Reconciliation['restart'];
}

function reconciled(journal: string, flags: ReconcileFlags): ReconcileOutcome {
  const { adopt = [], flatten = [], ignore = [], reason } = flags;
  const venue = readVenue(flags.venue);
  if (ignore.length > 0 && (reason === undefined || reason.trim() === '')) {
    throw new HoldfastError(
      'RECONCILIATION_DECISION_INVALID',
      'reason must be given with --ignore, was missing',
      { context: { field: 'reason' } },
    );
  }
  const written = adopt.length + flatten.length + ignore.length > 0;
  const reconciliation = new Reconciliation(journal, { write: written, nowMs: Date.now() });
  const decided: DecidedItem[] = [];
  const decide = (id: string, decision: ReconciliationDecision) => {
    const code = reconciliation.state.open.find((item) => item.id === id)?.code ?? '';
    reconciliation.decide(id, decision, reason);
    decided.push({ id, code, decision });
  };
  try {
    reconciliation.compare(venue);
    for (const id of flatten) decide(id, 'flatten');
    for (const id of ignore) decide(id, 'ignore');
    for (const id of adopt) {
      if (id !== 'all') decide(id, 'adopt');
      else for (const next of adoptable(reconciliation)) decide(next, 'adopt');
    }
    const { restart, state } = reconciliation;
    return { journal, written, decided, restart, ...state };
  } finally {
    reconciliation.close();
  }
}

/** Gives items as long as one can be adopted: a decision may let others show. */
function* adoptable(reconciliation: Reconciliation): Generator<string, void, undefined> {
  for (;;) {
    const { open } = reconciliation.state;
    const next = open.find(({ decisions }) => decisions.includes('adopt'));
    if (next === undefined) return;
    yield next.id;
  }
}

function readVenue(path: string): VenueState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HoldfastError(
      'DATA_FILE_NOT_FOUND',
      `venue must be a file, ${path} is not readable`,
      {
        context: { path },
        cause,
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HoldfastError(
      'VENUE_SNAPSHOT_INVALID',
      `venue must be JSON, ${path} is not: ${String(cause)}`,
      { context: { path }, cause },
    );
  }
  assertVenueState(value);
  return value;
}

function collect(id: string, before: readonly string[] = []): readonly string[] {
  return [...before, id];
}

const HELP = `
Without a decision nothing is written: the journal may belong to a running bot. With one the journal is opened for
appending, and comparison and decisions become records of it; a running bot refuses that (JOURNAL_LOCKED).

The venue's file is JSON; every number may be a string, so that no digit is lost:
  { "ts": "2026-11-21T16:00:00Z", "orders_complete_until": "2026-11-21T15:59:50Z",
    "fills_complete_from": "2026-11-20T00:00:00Z", "positions_complete": true,
    "orders": [{ "venue_order_id": "8812", "client_order_id": null, "symbol": "BTC", "side": "buy",
                 "type": "limit", "quantity": "0.5", "filled": "0.1", "limit_price": "41000" }],
    "fills": [{ "trade_id": "991", "venue_order_id": "8812", "symbol": "BTC", "side": "buy",
                "price": "41000", "quantity": "0.1", "fee": "1.2", "ts": "2026-11-21T15:01:00Z" }],
    "positions": [{ "symbol": "BTC", "quantity": "0.1", "entry_price": "41000" }],
    "balances": [{ "currency": "USD", "cash": "95898.8" }] }

Examples:
  $ holdfast reconcile live/journal --venue venue.json
  $ holdfast reconcile live/journal --venue venue.json --adopt all
  $ holdfast reconcile live/journal --venue venue.json --flatten 0f45ab0de66055a5
  $ holdfast reconcile live/journal --venue venue.json --ignore 0f45ab0de66055a5 --reason "a colleague's order"

Exit code: 0 when nothing differs or everything was decided, 3 while differences stand open, 1 on a failure.`;
