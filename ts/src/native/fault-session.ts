import { engineCall, loadEngineAddon } from './engine-addon.js';
import type {
  NativeFaultSession as AddonFaultSession,
  NativeSession as AddonSession,
} from './engine-addon.generated.js';
import { NativeSession } from './native-session.js';

/** Why the simulation gave back control: `down` is a market event at which the process is dead. */
export type FaultPause = 'reached' | 'news' | 'restarted' | 'down';

const PAUSES: readonly FaultPause[] = ['reached', 'news', 'restarted', 'down'];

/** A fault that began in a run. */
export interface BegunFault {
  /** Its number in this seed. */
  readonly number: number;
  readonly at_ms: number;
  readonly name: string;
  readonly span_ms: number;
}

export interface FaultOutcome {
  /** Hash over everything that the run did. */
  readonly hash: string;
  readonly events: number;
  readonly fills: number;
  readonly crashes: number;
  readonly faults: readonly BegunFault[];
}

export interface FaultSessionOptions {
  readonly optionsJson: string;
  readonly instruments: number;
  /** Every market event of the run. */
  readonly records: Uint8Array;
}

/** One run of a strategy under the fault simulator; errors come out as HoldfastError. */
export class FaultSession {
  /** What a strategy's runner drives. */
  readonly native: NativeSession;
  readonly #run: AddonFaultSession;

  constructor({ optionsJson, instruments, records }: FaultSessionOptions) {
    const { NativeFaultSession } = loadEngineAddon();
    let run: AddonFaultSession | undefined;
    this.native = new NativeSession({
      configJson: '',
      journalFolder: undefined,
      instruments,
      records,
      open: (exchange, notices) => {
        run = new NativeFaultSession(optionsJson, exchange, notices, records);
        // It has every call that a strategy's runner makes; those of a session's end are not among them.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the runner's part is the same
        return run as unknown as AddonSession;
      },
    });
    // The callback has run, or the constructor above has thrown.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- assigned in the callback
    this.#run = run as unknown as AddonFaultSession;
  }

  /** Lets everything happen up to the market event at a record, or up to what the strategy hears of. */
  advance(record: number): FaultPause {
    return PAUSES[engineCall(() => this.#run.advance(record))] ?? 'reached';
  }

  /** Writes the view of an event without playing it. */
  showEvent(record: number): void {
    engineCall(() => this.#run.showEvent(record));
  }

  get nowMs(): number {
    return this.#run.nowMs();
  }

  /** Whether the process is dead. */
  get isDown(): boolean {
    return this.#run.isDown();
  }

  /** Lots of an instrument that the venue keeps. */
  venueLots(instrument: number): bigint {
    return BigInt(this.#run.venueLots(instrument));
  }

  /** Stops the faults, waits until both sides agree, and replays the journal. */
  finish(): void {
    engineCall(() => this.#run.finish());
  }

  outcome(): FaultOutcome {
    return JSON.parse(engineCall(() => this.#run.outcome())) as FaultOutcome;
  }

  dispose(): void {
    this.#run.dispose();
  }
}
