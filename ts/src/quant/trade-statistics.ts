/** Sums over all round trips, in money of one currency, net of fees. */
export interface TradeSums {
  readonly count: number;
  /** Round trips with a profit above zero. */
  readonly wins: number;
  /** Round trips with a loss; those that broke even are in neither. */
  readonly losses: number;
  /** Sum of the profits, at least 0. */
  readonly grossProfit: number;
  /** Sum of the losses as a positive number. */
  readonly grossLoss: number;
}

export interface TradeStatistics {
  /** wins ÷ count, 0–1. */
  readonly winRateFrac: number | null;
  /** Sum of profits ÷ sum of losses, at least 0; null when nothing was lost. */
  readonly profitFactor: number | null;
  /** Mean profit or loss of a round trip, money. */
  readonly averageTrade: number | null;
  readonly averageWin: number | null;
  /** Mean loss as a positive number, money. */
  readonly averageLoss: number | null;
  /** Average win ÷ average loss. */
  readonly payoffRatio: number | null;
  /**
   * Average trade ÷ average loss: what a round trip brings per unit usually lost; null without a
   * loss.
   */
  readonly expectancyR: number | null;
}

/**
 * Returns the statistics of round trips; every figure is null when its divisor is zero. In money,
 * expectancy (win rate × average win − loss rate × average loss) is the average trade itself, so it
 * is given in units of the average loss. Source: Tharp, *Trade Your Way to Financial Freedom*, "R
 * multiples"; Vince, *The Mathematics of Money Management*, for profit factor and payoff.
 */
export function tradeStatistics(sums: TradeSums): TradeStatistics {
  const averageTrade = ratio(sums.grossProfit - sums.grossLoss, sums.count);
  const averageWin = ratio(sums.grossProfit, sums.wins);
  const averageLoss = ratio(sums.grossLoss, sums.losses);
  return {
    winRateFrac: ratio(sums.wins, sums.count),
    profitFactor: ratio(sums.grossProfit, sums.grossLoss),
    averageTrade,
    averageWin,
    averageLoss,
    payoffRatio:
      averageWin === null || averageLoss === null ? null : ratio(averageWin, averageLoss),
    expectancyR:
      averageTrade === null || averageLoss === null ? null : ratio(averageTrade, averageLoss),
  };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
