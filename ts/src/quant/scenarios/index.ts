export type { Estimate } from '../../native/scenario-simulation.js';
export type { PriceModel } from './price-model.js';
export type { ScenarioBarrier, ScenarioOptions, ScenarioPosition } from './scenario-options.js';
export { type ScenarioRisk, simulateScenarios } from './simulate-scenarios.js';
