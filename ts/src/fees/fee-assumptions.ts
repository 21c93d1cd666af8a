import type { FeeLevel, FeeSchedule } from './fee-schedule.js';
import { venueSchedule } from './venue-schedules.js';

/**
 * The fees of a schedule as a backtest assumes them: `assumptions: { ...feeAssumptions('kraken-spot', { tier: '$50K+' }) }`.
 * A backtest keeps a hundredth of a basis point and refuses a rate that is finer.
 *
 * @throws HoldfastError `EXCHANGE_NOT_SUPPORTED`, `FEE_TIER_UNKNOWN`
 */
export function feeAssumptions(
  schedule: string | FeeSchedule,
  level: FeeLevel = {},
): { readonly makerFeeBps: string; readonly takerFeeBps: string } {
  const found = typeof schedule === 'string' ? venueSchedule(schedule) : schedule;
  const { maker, taker } = found.rates(level);
  return { makerFeeBps: maker.toBps(), takerFeeBps: taker.toBps() };
}
