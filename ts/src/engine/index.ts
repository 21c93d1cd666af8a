export { type AccountOptions, type AccountRules, accountSchema } from '../core/account-options.js';
export { BAR_CHUNK_MAX, type BarChunk, emptyBarChunk } from './bar-chunk.js';
export { runBacktest } from './backtest.js';
export {
  type Assumptions,
  type AssumptionsOptions,
  assumptionsSchema,
  type BacktestOptions,
  type BacktestProgress,
  type DataChunks,
  type DataFile,
  type DataTicks,
  type InstrumentRules,
} from './backtest-options.js';
export type { Tick } from './event-source.js';
export { importBars } from '../market/import/import-bars.js';
export type { BarSink, ImportOptions, ImportReport } from '../market/import/bar-sink.js';
export { type DataDescription, parseDataDescription } from '../market/data-description.js';
export type { DataDescriptionInput } from '../market/data-description.js';
export type { JournalPolicy } from '../core/journal-policy.js';
export type { OrderRulesOptions } from '../core/order-rules.js';
export { Replica } from '../native/replica.js';
export type { NativeSnapshot as EngineSnapshot } from '../native/native-session.js';
export { consoleTable } from './report/console-table.js';
export { renderReport } from './report/html-report.js';
export { buildSummary, summaryText } from './report/summary.js';
export type { Summary } from './report/summary-schema.js';
export type { SessionResult } from './session-result.js';
export {
  type AnchorsCompared,
  compactJournal,
  type CompactJournalOptions,
  type JournalCompacted,
  type JournalConfiguration,
  journalConfiguration,
  type JournalRecord,
  type JournalReplay,
  type JournalSummary,
  readJournal,
  replayJournal,
  verifyAnchoredJournal,
  verifyJournal,
} from '../native/journal-tools.js';
export { JournalCursor, type JournalCursorOptions } from '../native/journal-cursor.js';
export { explainOrder } from './order-explanation.js';
export type { OrderExplanation } from './order-explanation-form.js';
export { Reconciliation, type ReconciliationOptions } from './reconciliation.js';
export { type VenueState, venueStateSchema } from './venue-state.js';
export type {
  ReconciliationCommand,
  ReconciliationDecision,
  ReconciliationItem,
  ReconciliationState,
  RestartReport,
} from '../native/reconciler.js';
