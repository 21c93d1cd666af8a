export * from './breaker/index.js';
export * from './core/index.js';
export * from './engine/index.js';
export * from './fees/index.js';
export * from './quant/index.js';
export * from './risk/index.js';
export * from './strategies/index.js';
