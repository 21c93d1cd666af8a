export type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
export { Gpu, type GpuPortfolioRisk } from './gpu.js';
export type { GpuMatrix } from './matrix-program.js';
export type { StressGrid } from './matrix-work.js';
export {
  type DeviceChoice,
  type PortfolioRiskOnDevice,
  simulatePortfolio,
} from './simulate-portfolio.js';
