import type {
  ReconciliationCommand,
  ReconciliationItem,
  RestartReport,
} from '../native/reconciler.js';
import type { ReconcileOutcome } from './reconcile-command.js';
import { textColumns } from './text-columns.js';

/** Prints what a reconciliation found, for people: how the state was rebuilt, the differences, and what each asks for. */
export function reconciliationText(outcome: ReconcileOutcome): string {
  const { journal, written, decided, restart, mode, open, ignored, commands } = outcome;
  const wrote = written ? 'written to the journal' : 'a look: nothing was written';
  const lines = [`journal ${journal}: ${restartText(restart)}`, ...restartNotes(restart)];
  for (const { id, code, decision } of decided) lines.push(`  ${decision} ${id} ${code}`);
  if (open.length === 0) {
    lines.push(`engine and venue agree; trading mode ${mode} (${wrote})`);
  } else {
    const count = open.length === 1 ? '1 difference stands' : `${open.length} differences stand`;
    lines.push(`${count} open, trading mode ${mode} (${wrote})`, '', ...itemTable(open));
    lines.push('', ...remedies(open));
  }
  if (outcome.balances_wait) {
    lines.push('', 'balances are compared once fills and positions are decided');
  }
  if (ignored.length > 0) {
    lines.push('', 'ignored for a reason that the journal holds:', ...itemTable(ignored));
  }
  if (commands.length > 0) {
    lines.push('', 'to be sent by the bot when it starts again:', ...commands.map(commandText));
  }
  return lines.join('\n');
}

function restartText({ snapshot, replayed }: RestartReport): string {
  return snapshot === null
    ? `replayed whole, ${replayed} records`
    : `from the snapshot behind record ${snapshot - 1}, and ${replayed} records after it`;
}

function restartNotes({ refused, cut_bytes, in_doubt }: RestartReport): string[] {
  const notes = refused.map(({ file, code, message }) => `  refused ${file}: ${code}: ${message}`);
  if (cut_bytes > 0) notes.push(`  its torn end of ${cut_bytes} bytes is cut`);
  if (in_doubt.length > 0) {
    notes.push(`  in doubt, since a command was not answered: order ${in_doubt.join(', ')}`);
  }
  return notes;
}

function itemTable(items: readonly ReconciliationItem[]): string[] {
  return textColumns([
    ['ID', 'CODE', 'ORDER', 'INSTRUMENT', 'HERE', 'THERE', 'MAY BE DECIDED'],
    ...items.map(({ id, code, client_order_id, symbol, here, there, decisions }) => [
      id,
      code,
      client_order_id ?? '-',
      symbol ?? '-',
      here,
      there,
      decisions.join(', '),
    ]),
  ]);
}

/** Each code with what to do about it, once. */
function remedies(items: readonly ReconciliationItem[]): string[] {
  const byCode = new Map(items.map(({ code, remedy }) => [`${code}: ${remedy}`, remedy]));
  return [...byCode.keys()].sort();
}

function commandText(each: ReconciliationCommand): string {
  const { command, client_order_id, venue_order_id } = each;
  const theirs =
    venue_order_id === undefined || venue_order_id === null
      ? ''
      : `, at the venue ${venue_order_id}`;
  if (command !== 'place') return `  ${command} order ${client_order_id}${theirs}`;
  const { side, quantity, symbol, type, reduce_only } = each;
  const only = reduce_only === true ? ', reduce-only' : '';
  return `  place order ${client_order_id}: ${side} ${quantity} ${symbol} ${type}${only}`;
}
