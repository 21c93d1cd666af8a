/** A factor that a position may load on. */
export type ShockFactor =
  | 'us_equity'
  | 'us_technology'
  | 'eur_chf'
  | 'bitcoin'
  | 'ether'
  | 'solana'
  | 'luna'
  | 'terra_usd'
  | 'implied_volatility';

/** What happened on one day or over one period, as fractions, each with where it was read. */
export interface HistoricalShock {
  readonly id: string;
  readonly name: string;
  /** First and last day; equal for one day. */
  readonly from: string;
  readonly to: string;
  /** Close to close, or down to the low of the day where the name says `intraday`. */
  readonly moves: Readonly<Partial<Record<ShockFactor, number>>>;
  readonly source: string;
}

const INDEX_CLOSES = 'closes of the S&P 500, sp500-2000.csv of the package vega-datasets';
const WORST_DAYS =
  'tradermike.net, "The worst one-day percentage losses for the Dow, S&P 500 and Nasdaq" (closes by Yahoo Finance)';

/**
 * Dated shocks of markets. Only figures that a source gives, or that closes give, stand here: a
 * factor that is missing was not looked up, and counts as unmoved.
 */
export const HISTORICAL_SHOCKS: readonly HistoricalShock[] = [
  {
    id: '1987-10-19',
    name: 'Black Monday 1987',
    from: '1987-10-19',
    to: '1987-10-19',
    moves: { us_equity: -0.2047, us_technology: -0.1135 },
    source: `${WORST_DAYS}; −20.47 % also in McKeon & Netter, "What caused the 1987 stock market crash"`,
  },
  {
    id: '1998-08-31',
    name: 'Russian default 1998',
    from: '1998-08-31',
    to: '1998-08-31',
    moves: { us_equity: -0.068, us_technology: -0.0856 },
    source: WORST_DAYS,
  },
  {
    id: '2000-04-14',
    name: 'Dot-com bust, worst day',
    from: '2000-04-14',
    to: '2000-04-14',
    moves: { us_equity: -0.0583, us_technology: -0.0967 },
    source: `${INDEX_CLOSES}; Nasdaq: ${WORST_DAYS}`,
  },
  {
    id: '2000-03-24/2002-10-09',
    name: 'Dot-com bear market, peak to trough',
    from: '2000-03-24',
    to: '2002-10-09',
    moves: { us_equity: -0.4915 },
    source: INDEX_CLOSES,
  },
  {
    id: '2008-10-15',
    name: 'Financial crisis, worst day',
    from: '2008-10-15',
    to: '2008-10-15',
    moves: { us_equity: -0.0903, us_technology: -0.0847 },
    source: `${INDEX_CLOSES}; Nasdaq: ${WORST_DAYS}`,
  },
  {
    id: '2007-10-09/2009-03-09',
    name: 'Financial crisis, peak to trough',
    from: '2007-10-09',
    to: '2009-03-09',
    moves: { us_equity: -0.5678 },
    source: INDEX_CLOSES,
  },
  {
    id: '2010-05-06',
    name: 'Flash crash, intraday',
    from: '2010-05-06',
    to: '2010-05-06',
    moves: { us_equity: -0.0858 },
    source: 'low of the day against the close before, sp500-2000.csv of the package vega-datasets',
  },
  {
    id: '2015-01-15',
    name: 'Swiss franc unpegged, intraday',
    from: '2015-01-15',
    to: '2015-01-15',
    moves: { eur_chf: -0.29 },
    source:
      'calquify.com, "EUR/CHF": 1.20 to about 0.85 within minutes; The International Post: franc up 30 % in one day',
  },
  {
    id: '2018-02-05',
    name: 'Volatility spike of February 2018',
    from: '2018-02-05',
    to: '2018-02-05',
    moves: { us_equity: -0.041, implied_volatility: 1.156 },
    source: `${INDEX_CLOSES}; VIX 17.31 to 37.32: eco3min.fr, "Volmageddon 2018"`,
  },
  {
    id: '2020-03-16',
    name: 'Pandemic crash, worst day',
    from: '2020-03-16',
    to: '2020-03-16',
    moves: { us_equity: -0.1198 },
    source: INDEX_CLOSES,
  },
  {
    id: '2020-02-19/2020-03-23',
    name: 'Pandemic crash, peak to trough',
    from: '2020-02-19',
    to: '2020-03-23',
    moves: { us_equity: -0.3392 },
    source: INDEX_CLOSES,
  },
  {
    id: '2020-03-12',
    name: 'Black Thursday of crypto, intraday',
    from: '2020-03-12',
    to: '2020-03-12',
    moves: { us_equity: -0.0951, bitcoin: -0.466, ether: -0.55 },
    source: `${INDEX_CLOSES}; bitcoin 7,300 to 3,900: blog.btcmex.com, "Black Thursday"; ether 200 to 90: pastorq.com`,
  },
  {
    id: '2017-12-22',
    name: 'Crypto sell-off of December 2017, intraday',
    from: '2017-12-22',
    to: '2017-12-22',
    moves: { bitcoin: -0.3082, ether: -0.345 },
    source:
      'sputniknews.com, 2017-12-22, by prices of Coinbase: bitcoin 16,519 to 11,427.24, ether 826 to 541.05',
  },
  {
    id: '2021-05-19',
    name: 'Crypto sell-off of May 2021, intraday',
    from: '2021-05-19',
    to: '2021-05-19',
    moves: { bitcoin: -0.3118, ether: -0.46 },
    source:
      'roedsa.com, "The night crypto crashed": bitcoin to 31,100, 31.18 % below the day’s high',
  },
  {
    id: '2022-05-09/2022-05-11',
    name: 'Terra de-peg',
    from: '2022-05-09',
    to: '2022-05-11',
    moves: { luna: -0.99, terra_usd: -0.8074 },
    source:
      'finder.com: LUNA lost more than 99 % within days; bitscreener.com: UST down to 0.1926 dollars',
  },
  {
    id: '2022-11-09',
    name: 'FTX collapse',
    from: '2022-11-09',
    to: '2022-11-09',
    moves: { bitcoin: -0.14, ether: -0.12, solana: -0.45 },
    source:
      'CoinDesk, 2022-11-09: bitcoin −14 % on the day, ether about −12 %; The Block, 2022-11-09: Solana down more than 45 %',
  },
];
