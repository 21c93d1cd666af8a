export type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
export { Gpu, type GpuPortfolioRisk } from './gpu.js';
export {
  type DeviceChoice,
  type PortfolioRiskOnDevice,
  simulatePortfolio,
} from './simulate-portfolio.js';
