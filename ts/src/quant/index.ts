export * from './indicators/index.js';
export {
  type PortfolioRisk,
  type PortfolioSimulationOptions,
  simulatePortfolio,
  type Tail,
} from './portfolio-simulation.js';
