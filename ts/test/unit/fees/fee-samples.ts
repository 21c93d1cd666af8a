import { Instrument } from '#ts/core/instrument.js';
import { FeeRate, type FeeRates } from '#ts/fees/index.js';

export const BTC = Instrument.create({
  symbol: 'BTCUSDT',
  tickSize: '0.01',
  lotSize: '0.00001',
  quoteCurrency: 'USDT',
});

export const PERPETUAL = Instrument.create({
  symbol: 'BTCUSDT-PERP',
  tickSize: '0.1',
  lotSize: '0.001',
  quoteCurrency: 'USDT',
  kind: 'linear',
  perpetual: true,
  margin: { tiers: [{ initialFrac: '0.1', maintenanceFrac: '0.05' }] },
});

export const INVERSE = Instrument.create({
  symbol: 'BTCUSD',
  tickSize: '0.5',
  lotSize: '1',
  baseCurrency: 'BTC',
  contractMultiplier: '100',
  kind: 'inverse',
  perpetual: true,
  margin: { tiers: [{ initialFrac: '0.1', maintenanceFrac: '0.05' }] },
});

export const ratesOf = (maker: string, taker: string): FeeRates => ({
  schedule: 'test',
  tier: 'test',
  maker: FeeRate.parse(maker),
  taker: FeeRate.parse(taker),
});
