import { z } from 'zod';

import { parseConfig } from '../core/schema.js';

const WHOLE = 1_000_000;
const FAILURES_DEFAULT = 5;
const WINDOW_MS_DEFAULT = 10_000;
const BUCKETS_DEFAULT = 10;
const COOLDOWN_MS_DEFAULT = 30_000;

const count = z.number().int().min(1).max(1_000_000);
const span = z.number().int().min(1).max(2_678_400_000);

const thresholds = {
  /** Failures in the window that open the breaker. 5 unless `failureRate` is given. */
  failures: count.optional(),
  /** Failures ÷ calls of the window that open it, from 0 to 1. */
  failureRate: z.number().gt(0).max(1).optional(),
  /** Whether a threshold must be reached, or passed. */
  thresholdRule: z.enum(['at_least', 'above']).default('at_least'),
  /** Fewest calls in the window before the breaker may open; as many as `failures` unless given. */
  minimumCalls: count.optional(),
  windowMs: span.default(WINDOW_MS_DEFAULT),
  /** Steps in which the window slides; they divide it. Ten, or the most below that divide it, unless given. */
  buckets: z.number().int().min(1).max(16).optional(),
  /** How long the breaker stays open before a trial. */
  cooldownMs: span.default(COOLDOWN_MS_DEFAULT),
  /** Trial calls that pass while it is half open. */
  trials: z.number().int().min(1).max(31).default(1),
  /** Of them, how many must succeed to close it. */
  trialSuccesses: z.number().int().min(1).max(31).default(1),
  /** After how long trials without an outcome are given up; the cooldown unless given. */
  trialTimeoutMs: span.optional(),
  /** A call that succeeds but takes this long counts as a failure. */
  slowCallMs: span.optional(),
};

const breakerSchema = z.strictObject(thresholds);

const componentSchema = z.strictObject({
  ...thresholds,
  /** Names of the components that this one cannot work without. */
  dependsOn: z.array(z.string()).max(8).default([]),
  /** Whether its opening opens the global circuit. */
  critical: z.boolean().default(false),
  /** Whether no manual override may close it: for breakers of risk. */
  protected: z.boolean().default(false),
});

const globalSchema = z.strictObject({
  /** Open components that open the global circuit. */
  components: count.optional(),
  /** Open ÷ all components that open it, when they are two or more. */
  fraction: z.number().gt(0).max(1).optional(),
});

/** Thresholds of a breaker; what is left out has its default. */
export type BreakerOptions = z.input<typeof breakerSchema>;
/** Thresholds of one component, and what it depends on. */
export type ComponentOptions = z.input<typeof componentSchema>;
/** When the circuit over all components opens. */
export type GlobalCircuitOptions = z.input<typeof globalSchema>;

type Thresholds = z.output<typeof breakerSchema>;

function bucketsOf(windowMs: number): number {
  let buckets = BUCKETS_DEFAULT;
  while (windowMs % buckets !== 0) buckets -= 1;
  return buckets;
}

function toNative(given: Thresholds): object {
  const failures = given.failures ?? (given.failureRate === undefined ? FAILURES_DEFAULT : 0);
  return {
    failures,
    failureRate: Math.round((given.failureRate ?? 0) * WHOLE),
    above: given.thresholdRule === 'above',
    minimumCalls: given.minimumCalls ?? Math.max(failures, 1),
    windowMs: given.windowMs,
    buckets: given.buckets ?? bucketsOf(given.windowMs),
    cooldownMs: given.cooldownMs,
    trials: given.trials,
    trialSuccesses: given.trialSuccesses,
    trialTimeoutMs: given.trialTimeoutMs ?? given.cooldownMs,
    slowCallMs: given.slowCallMs ?? 0,
  };
}

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function breakerSettings(options: BreakerOptions): object {
  return toNative(parseConfig(breakerSchema, options, 'breaker', 'CONFIG_INVALID'));
}

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function componentSpec(options: ComponentOptions, defaults: BreakerOptions): object {
  const given = parseConfig(componentSchema, options, 'component', 'CONFIG_INVALID');
  const own = Object.fromEntries(Object.entries(options).filter(([key]) => key in thresholds));
  const isOwn = Object.keys(own).length > 0;
  return {
    dependsOn: given.dependsOn,
    critical: given.critical,
    protected: given.protected,
    settings: isOwn ? breakerSettings({ ...defaults, ...own }) : null,
  };
}

/** @throws HoldfastError `CONFIG_INVALID`, `CONFIG_UNKNOWN_KEY` */
export function globalRule(options: GlobalCircuitOptions): object {
  const { components, fraction } = parseConfig(globalSchema, options, 'global', 'CONFIG_INVALID');
  return { components: components ?? 0, fraction: Math.round((fraction ?? 0) * WHOLE) };
}
