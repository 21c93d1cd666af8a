/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { CircuitState, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { Breakers } from 'holdfast/breaker';
import CircuitBreaker from 'opossum';

import { BreakerSet } from '../dist/native/breaker-set.js';
import { loadEngineAddon } from '../dist/native/engine-addon.js';
import { type Figure, rowsOf } from './figures.js';
import { measureCase, nanosecondsPerCall, type Subject } from './measure.js';
import { nativeExample } from './native-example.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

const CALLS = 20_000;
const ASYNC_CALLS = 2_000;
const SAMPLES = 40;
const WINDOW_MS = 10_000;
const LONG_MS = 3_600_000;

const SETTINGS = {
  failures: 0,
  failureRate: 500_000,
  above: true,
  minimumCalls: 100,
  windowMs: WINDOW_MS,
  buckets: 10,
  cooldownMs: LONG_MS,
  trials: 1,
  trialSuccesses: 1,
  trialTimeoutMs: LONG_MS,
  slowCallMs: 0,
};
const OPTIONS = {
  failureRate: 0.5,
  thresholdRule: 'above',
  minimumCalls: 100,
  windowMs: WINDOW_MS,
  cooldownMs: LONG_MS,
} as const;

/** What a hand-written breaker does: counts of one fixed window, one state, no trial tokens, no other component. */
class PlainBreaker {
  #isOpen = false;
  #openedMs = 0;
  #windowMs = 0;
  #calls = 0;
  #failures = 0;

  allow(): boolean {
    return !this.#isOpen || Date.now() - this.#openedMs >= LONG_MS;
  }

  record(failed: boolean): void {
    const nowMs = Date.now();
    if (nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      this.#calls = 0;
      this.#failures = 0;
    }
    this.#calls += 1;
    if (!failed) return;
    this.#failures += 1;
    if (this.#calls >= 100 && this.#failures > this.#calls / 2) {
      this.#isOpen = true;
      this.#openedMs = nowMs;
    }
  }

  runSync<Result>(operation: () => Result): Result {
    if (!this.allow()) throw new Error('open');
    try {
      const result = operation();
      this.record(false);
      return result;
    } catch (error) {
      this.record(true);
      throw error;
    }
  }

  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (!this.allow()) throw new Error('open');
    try {
      const result = await operation();
      this.record(false);
      return result;
    } catch (error) {
      this.record(true);
      throw error;
    }
  }
}

const PLAIN = 'plain JavaScript';
const LOCKED = 'the same behind a reader/writer lock';
const one = () => 1;
const oneLater = async () => 1;

function openedOpossum() {
  return new CircuitBreaker(oneLater, {
    timeout: false,
    errorThresholdPercentage: 50,
    resetTimeout: LONG_MS,
    volumeThreshold: 100,
    rollingCountTimeout: WINDOW_MS,
  });
}

function cockatielPolicy() {
  const breaker = new SamplingBreaker({ threshold: 0.5, duration: WINDOW_MS, minimumRps: 10 });
  return circuitBreaker(handleAll, { halfOpenAfter: LONG_MS, breaker });
}

const sync = (name: string, call: (index: number) => unknown): Subject => ({
  name,
  run: () => nanosecondsPerCall(CALLS, call),
});

const later = (name: string, call: () => Promise<unknown>): Subject => ({
  name,
  run: async () => {
    const start = process.hrtime.bigint();
    for (let index = 0; index < ASYNC_CALLS; index += 1) await call();
    return Number(process.hrtime.bigint() - start) / ASYNC_CALLS;
  },
});

/** One call with the timer around it, for the tail of single calls. */
const single = (name: string, call: () => unknown): Subject => ({
  name,
  run: () => nanosecondsPerCall(1, call),
});

async function permissionRows(): Promise<readonly SuiteRow[]> {
  const holdfast = Breakers.create({ defaults: OPTIONS }).component('bench');
  const set = new BreakerSet({ defaults: SETTINGS, rule: { components: 0, fraction: 0 } }, 0);
  const native = set.component('bench');
  const [plain, opossum, policy] = [new PlainBreaker(), openedOpossum(), cockatielPolicy()];
  const addon = loadEngineAddon();
  const rows = await measureCase({
    case: 'may a component be called, closed',
    unit: 'ns/question',
    samples: SAMPLES,
    warmUps: 10,
    references: [PLAIN],
    subjects: [
      sync('Holdfast (two atomic reads)', () => holdfast.allowRequest()),
      sync('Holdfast (native call)', () => set.permits(native, 1)),
      { name: 'Holdfast (inside native code)', run: () => asked(addon) },
      sync(PLAIN, () => plain.allow()),
      sync('opossum (flags only)', () => !opossum.opened && !opossum.pendingClose),
      sync('cockatiel (state only)', () => policy.state === CircuitState.Closed),
    ],
  });
  opossum.shutdown();
  return rows;
}

type Addon = ReturnType<typeof loadEngineAddon>;
const inside = (addon: Addon) => addon.breakerCallNs(JSON.stringify(SETTINGS), CALLS);
const asked = (addon: Addon) => inside(addon)[1] ?? Number.NaN;

async function syncRows(): Promise<readonly SuiteRow[]> {
  const holdfast = Breakers.create({ defaults: OPTIONS }).component('bench');
  const plain = new PlainBreaker();
  const addon = loadEngineAddon();
  const shared = { references: [PLAIN], warmUps: 10 };
  const guarded = () => holdfast.acquire().success();
  return [
    ...(await measureCase({
      ...shared,
      case: 'a call that answers at once, closed',
      unit: 'ns/call',
      samples: SAMPLES,
      subjects: [
        sync('Holdfast runSync', () => holdfast.runSync(one)),
        sync('Holdfast acquire and success', guarded),
        { name: 'Holdfast (inside native code)', run: () => inside(addon)[0] ?? Number.NaN },
        sync(PLAIN, () => plain.runSync(one)),
      ],
    })),
    ...(await measureCase({
      ...shared,
      case: 'one call that answers at once, timer included',
      unit: 'ns/call',
      samples: 20_000,
      subjects: [
        single('Holdfast runSync', () => holdfast.runSync(one)),
        single('timer alone', one),
        single(PLAIN, () => plain.runSync(one)),
      ],
    })),
  ];
}

async function asyncRows(): Promise<readonly SuiteRow[]> {
  const holdfast = Breakers.create({ defaults: OPTIONS }).component('bench');
  const [plain, opossum, policy] = [new PlainBreaker(), openedOpossum(), cockatielPolicy()];
  const rows = await measureCase({
    case: 'a call that is awaited, closed',
    unit: 'ns/call',
    samples: SAMPLES,
    warmUps: 10,
    references: ['opossum'],
    subjects: [
      later('Holdfast', async () => await holdfast.run(oneLater)),
      later(PLAIN, async () => await plain.run(oneLater)),
      later('opossum', async () => await opossum.fire()),
      later('cockatiel', async () => await policy.execute(oneLater)),
    ],
  });
  opossum.shutdown();
  return rows;
}

async function refusedRows(): Promise<readonly SuiteRow[]> {
  const holdfast = Breakers.create({ defaults: OPTIONS }).component('bench');
  const [opossum, policy] = [openedOpossum(), cockatielPolicy()];
  for (let call = 0; call < 100; call += 1) holdfast.acquire().failure();
  opossum.open();
  policy.isolate();
  const refused = (call: () => Promise<unknown>) => async () =>
    await call().catch((error: unknown) => error);
  const rows = await measureCase({
    case: 'a call that is refused, open',
    unit: 'ns/call',
    samples: SAMPLES,
    warmUps: 10,
    references: ['opossum'],
    subjects: [
      sync('Holdfast allowRequest', () => holdfast.allowRequest()),
      later(
        'Holdfast',
        refused(async () => await holdfast.run(oneLater)),
      ),
      later(
        'opossum',
        refused(async () => await opossum.fire()),
      ),
      later(
        'cockatiel',
        refused(async () => await policy.execute(oneLater)),
      ),
    ],
  });
  opossum.shutdown();
  return rows;
}

/** NAT-09: two native threads at once, beside the same breakers behind a lock. */
function contentionRows(): readonly SuiteRow[] {
  const { cases } = JSON.parse(nativeExample('holdfast-risk', 'breaker_contention')()) as {
    readonly cases: readonly Figure[];
  };
  return rowsOf(cases, (other, figure) => other.case === figure.case && other.subject === LOCKED);
}

/** What a breaker adds to a call, beside a plain one and the packages that people know. */
export async function breakerSuite(): Promise<Suite> {
  return {
    suite: 'breaker',
    rows: [
      ...(await permissionRows()),
      ...(await syncRows()),
      ...(await asyncRows()),
      ...(await refusedRows()),
      ...contentionRows(),
    ],
  };
}

if (isStartedDirectly(import.meta.url)) printSuite(await breakerSuite());
