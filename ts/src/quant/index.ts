export * from './backtest/index.js';
export * from './covariance/index.js';
export * from './indicators/index.js';
export {
  type PortfolioRisk,
  type PortfolioSimulationOptions,
  simulatePortfolio,
  type Tail,
} from './portfolio-simulation.js';
export * from './risk/index.js';
export * from './scenarios/index.js';
export * from './stress/index.js';
