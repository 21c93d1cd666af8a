import type { NativeComponent } from '../native/breaker-set.js';
import type { BreakerState } from './refusal.js';

/** What is known of one component. */
export interface BreakerMetrics {
  readonly component: string;
  readonly state: BreakerState;
  /** Whether it is held open by hand. */
  readonly held: boolean;
  /** Milliseconds since 1970, as all times here. */
  readonly enteredMs: number;
  readonly lastFailureMs: number | undefined;
  readonly lastAttemptMs: number | undefined;
  /** Of the window: calls, failures, whether they are enough to say anything, and whether they pass a threshold. */
  readonly window: {
    readonly calls: number;
    readonly failures: number;
    readonly confident: boolean;
    readonly exceeded: boolean;
  };
  readonly admitted: number;
  readonly succeeded: number;
  /** Slow ones included. */
  readonly failed: number;
  readonly slow: number;
  readonly ignored: number;
  /** Outcomes that came after the breaker had changed. */
  readonly late: number;
  readonly trips: number;
  readonly refused: {
    readonly open: number;
    readonly exhausted: number;
    readonly global: number;
    readonly dependency: number;
    readonly confidence: number;
  };
}

export function metricsOf(native: NativeComponent, originMs: number): BreakerMetrics {
  const [open, exhausted, global, dependency, confidence] = native.refused;
  const instant = (sinceOrigin: number | null) =>
    sinceOrigin === null ? undefined : originMs + sinceOrigin;
  const { calls, failures, confident, exceeded } = native;
  return {
    component: native.name,
    state: native.state,
    held: native.held,
    enteredMs: originMs + native.enteredMs,
    lastFailureMs: instant(native.lastFailureMs),
    lastAttemptMs: instant(native.lastAttemptMs),
    window: { calls, failures, confident, exceeded },
    admitted: native.admitted,
    succeeded: native.succeeded,
    failed: native.failed,
    slow: native.slow,
    ignored: native.ignored,
    late: native.late,
    trips: native.trips,
    refused: { open, exhausted, global, dependency, confidence },
  };
}

const STATE_NUMBERS: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

function label(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Writes metrics in the text format of Prometheus. */
export function prometheusText(
  components: readonly BreakerMetrics[],
  all: {
    readonly isGlobalOpen: boolean;
    readonly changes: number;
    readonly listenerFailures: number;
  },
): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: 'gauge' | 'counter',
    meaning: string,
    samples: readonly (readonly [labels: string, value: number])[],
  ) => {
    lines.push(`# HELP ${name} ${meaning}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
  };
  const each = (value: (metrics: BreakerMetrics) => number) =>
    components.map((one) => [`{component="${label(one.component)}"}`, value(one)] as const);
  family('holdfast_breaker_state', 'gauge', '0 closed, 1 half open, 2 open.', [
    ...each(({ state }) => STATE_NUMBERS[state]),
  ]);
  family('holdfast_breaker_global_open', 'gauge', '1 while the global circuit is open.', [
    ['', all.isGlobalOpen ? 1 : 0],
  ]);
  family('holdfast_breaker_window_calls', 'gauge', 'Calls in the window.', [
    ...each(({ window }) => window.calls),
  ]);
  family('holdfast_breaker_window_failures', 'gauge', 'Failures in the window.', [
    ...each(({ window }) => window.failures),
  ]);
  const outcomes = ['succeeded', 'failed', 'slow', 'ignored', 'late'] as const;
  family(
    'holdfast_breaker_outcomes_total',
    'counter',
    'Outcomes of calls; slow ones are among those that failed.',
    components.flatMap((one) =>
      outcomes.map((outcome) => {
        const labels = `{component="${label(one.component)}",outcome="${outcome}"}`;
        return [labels, one[outcome]] as const;
      }),
    ),
  );
  family(
    'holdfast_breaker_refused_total',
    'counter',
    'Calls that were not made.',
    components.flatMap((one) =>
      Object.entries(one.refused).map(([reason, value]) => {
        const labels = `{component="${label(one.component)}",reason="${reason}"}`;
        return [labels, value] as const;
      }),
    ),
  );
  family('holdfast_breaker_trips_total', 'counter', 'How often a breaker opened.', [
    ...each(({ trips }) => trips),
  ]);
  family('holdfast_breaker_changes_total', 'counter', 'Changes of state seen by this thread.', [
    ['', all.changes],
  ]);
  family('holdfast_breaker_listener_failures_total', 'counter', 'Listeners that threw.', [
    ['', all.listenerFailures],
  ]);
  return `${lines.join('\n')}\n`;
}
