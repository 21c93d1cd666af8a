export type { AdapterChoice, AdapterDescription } from './adapter-choice.js';
export type { DeviceChoice, Fallback } from './device-choice.js';
export { Gpu, type GpuPortfolioRisk } from './gpu.js';
export type { BinChoice, GpuScenarioRisk, ScenarioHistogram } from './gpu-scenarios.js';
export type { GpuMatrix } from './matrix-program.js';
export type { StressGrid } from './matrix-work.js';
export { type PortfolioRiskOnDevice, simulatePortfolio } from './simulate-portfolio.js';
export { type ScenarioRiskOnDevice, simulateScenarios } from './simulate-scenarios.js';
