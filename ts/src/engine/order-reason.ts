import type { OrderRole } from '../core/vocabulary.generated.js';

/** Why an order existed, and so why a round trip ended that it closed. */
export type OrderReason = 'signal' | Exclude<OrderRole, 'strategy'>;

/** Says why an order existed as tables, reports and events do. */
export function reasonOf(role: OrderRole): OrderReason {
  return role === 'strategy' ? 'signal' : role;
}
