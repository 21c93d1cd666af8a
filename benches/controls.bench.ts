import { CONTROL_CODES, type ControlCode } from '../dist/core/controls.generated.js';
import { nativeExample } from './native-example.js';
import { isStartedDirectly, median, percentile, printSuite, type Suite } from './suite.js';

/** Judged of every order, whatever the limits. */
const ALWAYS_ON: readonly ControlCode[] = [
  'ACCOUNT_UNAVAILABLE',
  'ORDER_CAPACITY_EXHAUSTED',
  'RISK_ARITHMETIC',
  'TRADING_MODE_DENIED',
  'INSTRUMENT_HALTED',
  'BREAKER_OPEN',
];
/** Of accounts with several currencies, with margin, and with own orders on both sides: no limit switches them on. */
const BY_ACCOUNT: readonly ControlCode[] = ['RATE_STALE', 'MARGIN_INSUFFICIENT', 'SELF_TRADE'];

const REFERENCE = 'the gate without that limit';
const BARE = 'Holdfast, native, no limit';
const UNIT = 'ns/check';

/** What native/rust/engine/examples/control_cost.rs tells of a limit and the controls that it switches on. */
interface Measured {
  readonly codes: readonly ControlCode[];
  readonly samples: readonly number[];
  readonly reference: readonly number[];
}

function nativeFigures(): readonly Measured[] {
  const output = nativeExample('holdfast-engine', 'control_cost')();
  return (JSON.parse(output) as { readonly cases: readonly Measured[] }).cases;
}

/** A control that nobody measures would be one whose cost nobody knows. */
function checkExhaustive(cases: readonly Measured[]): void {
  const named = [...cases.flatMap(({ codes }) => codes), ...ALWAYS_ON, ...BY_ACCOUNT];
  const missing = CONTROL_CODES.filter((code) => !named.includes(code));
  const twice = named.filter((code, place) => named.indexOf(code) !== place);
  if (missing.length > 0 || twice.length > 0) {
    throw new Error(`each control must have one case: missing ${missing}, twice ${twice}`);
  }
}

/** What each control adds to a check: the gate with one limit, beside the same gate without it. */
export function controlsSuite(): Suite {
  const cases = nativeFigures();
  checkExhaustive(cases);
  const bare = cases[0]?.reference ?? [];
  const rows = cases.map(({ codes, samples, reference }) => ({
    case: codes.join(', '),
    subject: 'Holdfast, native, one limit',
    unit: UNIT,
    median: median(samples),
    p99: percentile(samples, 0.99),
    samples: samples.length,
    reference: REFERENCE,
    ratio: median(reference) / median(samples),
  }));
  const always = {
    case: `always on: ${ALWAYS_ON.join(', ')}; by the account: ${BY_ACCOUNT.join(', ')}`,
    subject: BARE,
    unit: UNIT,
    median: median(bare),
    p99: percentile(bare, 0.99),
    samples: bare.length,
    reference: REFERENCE,
    ratio: 1,
  };
  return { suite: 'controls', rows: [always, ...rows] };
}

if (isStartedDirectly(import.meta.url)) printSuite(controlsSuite());
