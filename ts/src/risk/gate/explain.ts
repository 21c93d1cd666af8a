import { CODES } from '../../core/codes.generated.js';
import { formatDecimal, parseDecimal } from '../../core/decimal.js';
import { CONTROL_SENTENCES } from './control-sentences.js';
import type { CheckVerdict, FailedCheckView, GateVerdict } from './verdict.js';

const NS_PER_S = 1e9;
/** An age that nobody knows is written as the largest number of 64 bits. */
const AGE_UNKNOWN = '9223372036854775807';
const PERCENT_SHIFT = 2;

/** Says a verdict in plain words: what was looked at, with its numbers and units, and what to do. */
export function explainVerdict(verdict: GateVerdict | CheckVerdict): string {
  if (verdict.allowed) {
    return verdict.id === null
      ? 'Allowed: the order would pass every control. Nothing was reserved.'
      : `Allowed: order ${verdict.id} passed every control and is reserved. Send it, and tell the gate what became of it.`;
  }
  const { failed, code, message, suggestedQuantity } = verdict;
  if (failed.length === 0) {
    return `Refused before any control looked at it: ${message}. ${CODES[code].remedy}`;
  }
  const lines = failed.map((check) => `- ${check.code}: ${sentence(check)}`);
  const count = failed.length === 1 ? 'one control' : `${failed.length} controls`;
  const suggestion =
    suggestedQuantity === null
      ? []
      : [`The largest quantity that would pass is ${suggestedQuantity}.`];
  return [`Denied by ${count}.`, ...lines, ...suggestion].join('\n');
}

/** The sentence of one control that failed. */
function sentence({ code, unit, limit, observed, ageMs }: FailedCheckView): string {
  const words = (text: string | null) => (text === null ? 'any' : inWords(text, unit));
  const said = CONTROL_SENTENCES[code]({ limit: words(limit), observed: words(observed) });
  const age = ageMs === null ? 'no price was known' : `the price was ${seconds(ageMs / 1_000)} old`;
  return `${said} (${age})`;
}

function inWords(text: string, unit: FailedCheckView['unit']): string {
  if (unit === 'fraction') return percent(text);
  if (unit !== 'ns') return text;
  return text === AGE_UNKNOWN ? 'endlessly' : seconds(Number(text) / NS_PER_S);
}

function percent(text: string): string {
  const { mantissa, scale } = parseDecimal(text);
  const shifted =
    scale >= PERCENT_SHIFT ? mantissa : mantissa * 10n ** BigInt(PERCENT_SHIFT - scale);
  return `${formatDecimal(shifted, Math.max(scale - PERCENT_SHIFT, 0))} %`;
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(6))} s`;
}
