import { HoldfastError } from '../core/holdfast-error.js';
import { FeeSchedule, type FeeScheduleOptions } from './fee-schedule.js';

/** A tier in per cent, as venues print them: name, volume from which it holds, maker, taker. */
type Row = readonly [name: string, volumeMin: string | undefined, maker: string, taker: string];

const rows = (table: readonly Row[]): FeeScheduleOptions['tiers'] =>
  table.map(([name, volumeMin, maker, taker]) => ({
    name,
    maker: percent(maker),
    taker: percent(taker),
    ...(volumeMin === undefined ? {} : { volumeMin }),
  }));

/** A percentage as a fraction, by moving its point: "0.0675" is "0.000675". */
function percent(text: string): string {
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = (isNegative ? text.slice(1) : text).split('.');
  return `${isNegative ? '-' : ''}0.${whole.padStart(2, '0')}${fraction}`;
}

/**
 * Figures that venues have published, each with the page that they stand on. They are dated: a venue changes its fees when
 * it likes, and by country. Trade on a schedule that is loaded live, and take these for research.
 */
const SCHEDULES: Readonly<Record<string, FeeScheduleOptions>> = {
  'binance-spot': {
    name: 'binance-spot',
    venue: 'Binance',
    product: 'spot',
    source: {
      address: 'https://www.binance.com/en/support/announcement/40669f3da342426c87b083b659673316',
      date: '2022-05-31',
      note: 'In force from 2022-06-01. Volumes in BUSD; from VIP 1 on a balance of BNB is asked for too.',
    },
    tiers: rows([
      ['Regular User', '0', '0.1', '0.1'],
      ['VIP 1', '1000000', '0.09', '0.1'],
      ['VIP 2', '5000000', '0.08', '0.1'],
      ['VIP 3', '20000000', '0.07', '0.1'],
      ['VIP 4', '120000000', '0.02', '0.04'],
      ['VIP 5', '200000000', '0.02', '0.04'],
      ['VIP 6', '500000000', '0.02', '0.04'],
      ['VIP 7', '1000000000', '0.02', '0.04'],
      ['VIP 8', '2500000000', '0.02', '0.04'],
      ['VIP 9', '5000000000', '0.02', '0.04'],
    ]),
    discounts: { bnb: '0.25' },
  },
  'kraken-spot': {
    name: 'kraken-spot',
    venue: 'Kraken',
    product: 'spot',
    source: {
      address:
        'https://raw.githubusercontent.com/api-evangelist/kraken/refs/heads/main/plans/kraken-plans-pricing.yml',
      date: '2026-05-30',
      note: 'A listing of https://www.kraken.com/features/fee-schedule; it joins tiers, so that between its volumes Kraken may charge less.',
    },
    tiers: rows([
      ['$0+', '0', '0.25', '0.40'],
      ['$10K+', '10000', '0.20', '0.35'],
      ['$50K+', '50000', '0.14', '0.24'],
      ['$100K+', '100000', '0.12', '0.22'],
      ['$500K+', '500000', '0.08', '0.18'],
      ['$10M+', '10000000', '0.00', '0.10'],
    ]),
  },
  'coinbase-exchange': {
    name: 'coinbase-exchange',
    venue: 'Coinbase',
    product: 'spot',
    source: {
      address: 'https://help.coinbase.com/en/exchange/trading-and-funding/exchange-fees',
      date: 'undated',
      note: 'Stable pairs have a table of their own.',
    },
    tiers: rows([
      ['$0K-$10K', '0', '0.40', '0.60'],
      ['$10K-$50K', '10000', '0.25', '0.40'],
      ['$50K-$100K', '50000', '0.15', '0.25'],
      ['$100K-$1M', '100000', '0.10', '0.20'],
      ['$1M-$15M', '1000000', '0.08', '0.18'],
      ['$15M-$75M', '15000000', '0.06', '0.16'],
      ['$75M-$250M', '75000000', '0.03', '0.12'],
      ['$250M-$400M', '250000000', '0.00', '0.08'],
      ['$400M+', '400000000', '0.00', '0.05'],
    ]),
  },
  'okx-spot': {
    name: 'okx-spot',
    venue: 'OKX',
    product: 'spot',
    source: {
      address: 'https://www.okx.com/fees',
      date: 'undated',
      note: 'Pairs with USDT and crypto. Regular users are told apart by their OKB, so that those tiers are chosen by name.',
    },
    tiers: rows([
      ['Lv1', '0', '0.080', '0.100'],
      ['Lv2', undefined, '0.075', '0.095'],
      ['Lv3', undefined, '0.070', '0.090'],
      ['Lv4', undefined, '0.065', '0.085'],
      ['Lv5', undefined, '0.060', '0.080'],
      ['VIP 1', '10000000', '0.060', '0.080'],
      ['VIP 2', '20000000', '0.050', '0.070'],
      ['VIP 3', '50000000', '0.030', '0.060'],
      ['VIP 4', '100000000', '0.020', '0.050'],
      ['VIP 5', '200000000', '0.000', '0.040'],
      ['VIP 6', '500000000', '-0.002', '0.030'],
      ['VIP 7', '1000000000', '-0.005', '0.025'],
      ['VIP 8', '10000000000', '-0.005', '0.020'],
    ]),
  },
  'bybit-spot': {
    name: 'bybit-spot',
    venue: 'Bybit',
    product: 'spot',
    source: {
      address: 'https://www.bybitgum.org/en-US/help-center/bybitHC_Article?id=000001634',
      date: 'undated',
      note: 'Bybit help centre, crypto pairs. The page as stored has no volumes, so that VIP tiers are chosen by name.',
    },
    tiers: rows([
      ['VIP 0', '0', '0.1000', '0.1000'],
      ['VIP 1', undefined, '0.0675', '0.0800'],
      ['VIP 2', undefined, '0.0650', '0.0775'],
      ['VIP 3', undefined, '0.0625', '0.0750'],
      ['VIP 4', undefined, '0.0500', '0.0600'],
      ['VIP 5', undefined, '0.0400', '0.0500'],
      ['Supreme VIP', undefined, '0.0300', '0.0450'],
    ]),
  },
  'bybit-perpetual': {
    name: 'bybit-perpetual',
    venue: 'Bybit',
    product: 'perpetual',
    source: {
      address: 'https://www.bybitgum.org/en-US/help-center/bybitHC_Article?id=000001634',
      date: 'undated',
      note: 'Bybit help centre. The page as stored has no volumes, so that VIP tiers are chosen by name.',
    },
    tiers: rows([
      ['VIP 0', '0', '0.0200', '0.0550'],
      ['VIP 1', undefined, '0.0180', '0.0400'],
      ['VIP 2', undefined, '0.0160', '0.0375'],
      ['VIP 3', undefined, '0.0140', '0.0350'],
      ['VIP 4', undefined, '0.0120', '0.0320'],
      ['VIP 5', undefined, '0.0100', '0.0320'],
      ['Supreme VIP', undefined, '0.0000', '0.0300'],
    ]),
  },
  'binance-usdm': {
    name: 'binance-usdm',
    venue: 'Binance',
    product: 'perpetual',
    source: {
      address: 'https://huggingface.co/datasets/loweef/crypto-futures-fees',
      date: '2026-10-12',
      note: 'Loweef Crypto Futures Fee Index (CC BY 4.0), which read https://www.binance.com/en/fee/futureFee on that day. Regular users only: stored pages disagree about the VIP tiers.',
    },
    tiers: rows([['Regular User', '0', '0.02', '0.05']]),
    discounts: { bnb: '0.10' },
  },
  'okx-swap': {
    name: 'okx-swap',
    venue: 'OKX',
    product: 'perpetual',
    source: {
      address: 'https://huggingface.co/datasets/loweef/crypto-futures-fees',
      date: '2026-10-16',
      note: 'Loweef Crypto Futures Fee Index (CC BY 4.0), which read https://www.okx.com/fees on that day. Regular users only: the stored page has no figures for its VIP tiers.',
    },
    tiers: rows([['Regular user', '0', '0.02', '0.05']]),
  },
  'kraken-futures': {
    name: 'kraken-futures',
    venue: 'Kraken',
    product: 'perpetual',
    source: {
      address: 'https://support.kraken.com/hc/en-us/articles/360048917612-Fee-schedule',
      date: '2023-09-14',
      note: 'The page as of its trial of maker rebates, which are left out. Its first tier stood unchanged on 2026-10-12.',
    },
    tiers: rows([
      ['$0+', '0', '0.0200', '0.0500'],
      ['$100K+', '100000', '0.0150', '0.0400'],
      ['$1M+', '1000000', '0.0125', '0.0300'],
      ['$5M+', '5000000', '0.0100', '0.0250'],
      ['$10M+', '10000000', '0.0075', '0.0200'],
      ['$20M+', '20000000', '0.0050', '0.0150'],
      ['$50M+', '50000000', '0.0025', '0.0125'],
      ['$100M+', '100000000', '0.0000', '0.0100'],
    ]),
  },
};

/** Names of the schedules that come with the package. */
export const VENUE_SCHEDULES: readonly string[] = Object.keys(SCHEDULES);

/**
 * Returns a schedule that comes with the package: dated figures with their source.
 *
 * @throws HoldfastError `EXCHANGE_NOT_SUPPORTED`
 */
export function venueSchedule(name: string): FeeSchedule {
  const options = Object.hasOwn(SCHEDULES, name) ? SCHEDULES[name] : undefined;
  if (options === undefined) throw notSupported(name, VENUE_SCHEDULES);
  return FeeSchedule.create(options);
}

/** The error of a schedule that nobody has. */
export function notSupported(name: string, known: readonly string[]): HoldfastError {
  return new HoldfastError(
    'EXCHANGE_NOT_SUPPORTED',
    `fee schedule must be one of ${known.join(', ')}, was "${name}"`,
    { context: { name, known: [...known] } },
  );
}
