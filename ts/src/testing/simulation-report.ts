import { AssertionError } from 'node:assert';

/** A fault without which a finding does not come about, as far as was tried. */
export interface NeededFault {
  readonly name: string;
  readonly atMs: number;
  readonly spanMs: number;
}

/** Something that a strategy or the engine did and must not. */
export interface SimulationFinding {
  /** Run this seed alone, with the same options, to see it again. */
  readonly seed: number;
  /** `STRATEGY_THREW`, `STRATEGY_RULE_BROKEN`, `STRATEGY_UNREPEATABLE`, `SIMULATION_VIOLATED` or `CAPACITY_EXHAUSTED`. */
  readonly code: string;
  readonly message: string;
  /** Virtual time, milliseconds since 1970; null before the first market event. */
  readonly tsMs: number | null;
  /** Bars, trades and quotes that the strategy had seen. */
  readonly marketEvents: number;
  /** The fewest faults that were found to lead to it; none when it needs none. */
  readonly faults: readonly NeededFault[];
}

export interface SimulationFigures {
  readonly strategy: string;
  readonly seedStart: number;
  /** Seeds that were run, each twice. */
  readonly seeds: number;
  /** Bars, trades and quotes that strategies saw, in the first runs. */
  readonly marketEvents: number;
  /** Events of the first runs: messages, market events, acts of the gateway. */
  readonly events: number;
  readonly fills: number;
  /** Deaths of the process; each time the strategy began anew. */
  readonly crashes: number;
  /** Faults that began, by name. */
  readonly faults: Readonly<Record<string, number>>;
  /** Controls that orders failed, by code. */
  readonly denials: Readonly<Record<string, number>>;
  readonly findings: readonly SimulationFinding[];
  /** Chain over the hashes of the seeds: equal runs have equal ones, whatever the machine. */
  readonly digest: string;
}

/** What became of a simulation. */
export class SimulationReport implements SimulationFigures {
  readonly strategy: string;
  readonly seedStart: number;
  readonly seeds: number;
  readonly marketEvents: number;
  readonly events: number;
  readonly fills: number;
  readonly crashes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly denials: Readonly<Record<string, number>>;
  readonly findings: readonly SimulationFinding[];
  readonly digest: string;

  constructor(figures: SimulationFigures) {
    this.strategy = figures.strategy;
    this.seedStart = figures.seedStart;
    this.seeds = figures.seeds;
    this.marketEvents = figures.marketEvents;
    this.events = figures.events;
    this.fills = figures.fills;
    this.crashes = figures.crashes;
    this.faults = figures.faults;
    this.denials = figures.denials;
    this.findings = figures.findings;
    this.digest = figures.digest;
  }

  toJSON(): SimulationFigures {
    const { strategy, seedStart, seeds, marketEvents, events, fills, crashes } = this;
    const { faults, denials, findings, digest } = this;
    return {
      strategy,
      seedStart,
      seeds,
      marketEvents,
      events,
      fills,
      crashes,
      faults,
      denials,
      findings,
      digest,
    };
  }

  /**
   * Fails unless nothing was found. A strategy of which no order filled has not been checked, and fails as well.
   *
   * @throws AssertionError whose `actual` holds the findings
   */
  expectHolds(): void {
    if (this.findings.length > 0) {
      const texts = this.findings.map((finding) => this.#text(finding));
      throw this.#failed(
        `strategy ${this.strategy} must hold under faults, ${this.findings.length} of ${this.seeds} seeds found otherwise\n${texts.join('\n')}`,
      );
    }
    if (this.fills === 0) {
      const denied = Object.entries(this.denials).map(([code, count]) => `${code} ${count} times`);
      throw this.#failed(
        `strategy ${this.strategy} must trade, or nothing is checked; no order filled${denied.length > 0 ? `, denied by ${denied.join(', ')}` : ''}`,
      );
    }
  }

  #failed(message: string): AssertionError {
    return new AssertionError({
      message,
      actual: this.findings,
      expected: [],
      operator: 'expectHolds',
    });
  }

  #text({ seed, code, message, tsMs, marketEvents, faults }: SimulationFinding): string {
    const when = tsMs === null ? 'before the first market event' : new Date(tsMs).toISOString();
    const needed = faults.map(
      ({ name, atMs, spanMs }) => `${name} from ${new Date(atMs).toISOString()} for ${spanMs} ms`,
    );
    return [
      `seed ${seed}, ${when}, after ${marketEvents} market events: ${code}`,
      `  ${message}`,
      `  ${needed.length === 0 ? 'without any fault' : `needs ${needed.join(', ')}`}`,
      `  again: simulate(strategy, { ...options, seedStart: ${seed}, seeds: 1 })`,
    ].join('\n');
  }
}
