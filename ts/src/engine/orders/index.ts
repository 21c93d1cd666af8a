export type { BatchOutcome } from '../../native/batch-record.js';
export type { BatchOrder, OrderBatch } from '../../native/order-batch.js';
export type { BatchReport, ReportBatch } from '../../native/report-batch.js';
export type { BatchRequest, RequestBatch, RequestKind } from '../../native/request-batch.js';
export type { CheckBatch, CheckOrder } from '../../native/check-batch.js';
export type { ClosedEngine } from '../../native/native-engine.js';
export type { JournalPolicy } from '../../core/journal-policy.js';
export type { OrderRulesOptions } from '../../core/order-rules.js';
export type { VenueState } from '../venue-state.js';
export type {
  ReconciliationDecision,
  ReconciliationItem,
  ReconciliationState,
  RestartReport,
} from '../../native/reconciler.js';
export { type CheckOptions, Engine } from './engine.js';
export type { ClosedTrade } from './closed-trade.js';
export type { EngineEvent, FuseEvent } from './engine-event.js';
export type { EngineOptions } from './engine-options.js';
export type { ActorDecision } from '../../native/native-actors.js';
export type {
  ActorAccount,
  ActorFigures,
  ClosedActors,
  StoppedActor,
} from './symbol-actors-view.js';
export { SymbolActors } from './symbol-actors.js';
export { ACTOR_THREADS_MAX, type SymbolActorsOptions } from './symbol-actors-options.js';
export type { BarUpdate, QuoteUpdate, TradeUpdate } from './market-update.js';
export type { OrderView } from '../../core/order-view.js';
export { systemClock } from '../../core/system-clock.js';
export * from './routing/index.js';
export * from './signing/index.js';
export type { VenueReport } from './venue-report.js';
export type { VenueRequest } from '../../core/venue-request.js';
