import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { CONTROL_CODES } from '#ts/core/controls.generated.js';
import { KNOWN_TO_BOTH } from '../../support/gate-limits.js';

const ROOT = new URL('../../../../', import.meta.url);
const FOLDERS = ['risk', 'engine', 'sim'].map((crate) => `native/rust/${crate}/tests/`);

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith('.rs'))
    .map((name) => readFileSync(new URL(folder + name, ROOT), 'utf8')),
);

/** `PRICE_STALE` as Rust names it. */
const variantOf = (code: string) =>
  code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Names of the Rust tests whose text names one of the code's forms; properties stand in `proptest!`. */
function testsNaming(code: string, isProperty: boolean): string[] {
  const name = new RegExp(`\\b(?:Code|Control)::${variantOf(code)}\\b`);
  return sources.flatMap((source) => {
    const [plain = '', ...blocks] = source.split(/^ *proptest! \{/m);
    const parts = isProperty ? blocks : [plain];
    return parts.flatMap((part) => {
      const [before = '', ...tests] = part.split(/#\[test\]/);
      // A code that stands in front of the tests is asked for by what they share.
      if (name.test(before)) return tests.flatMap((text) => /fn (\w+)/.exec(text)?.[1] ?? []);
      return tests.flatMap((text) => (name.test(text) ? (/fn (\w+)/.exec(text)?.[1] ?? []) : []));
    });
  });
}

/** Properties of controls that another crate's property proves without naming the code. */
const PROPERTIES: Readonly<Record<string, string>> = {
  RATE_STALE: 'a_rate_older_than_its_bound_denies_what_opens_and_nothing_else',
  MARGIN_INSUFFICIENT: 'ord_14_buying_power_is_what_the_margin_control_lets_pass',
  CAPITAL_ALLOCATION_EXCEEDED: 'risk_25_the_control_decides_as_a_reference_that_keeps_lists',
  SELF_TRADE: 'ord_10_no_two_own_orders_could_match_after_any_step',
};

describe('every control of the gate', () => {
  const page = readFileSync(new URL('ts/docs/limits.md', ROOT), 'utf8');

  it.each(CONTROL_CODES)('%s has a row in the documentation', (code) => {
    expect(page).toMatch(new RegExp(`^\\| +\\d+ \\| \`${code}\` +\\|.+\\|.{10,}\\|$`, 'm'));
  });

  it.each(CONTROL_CODES)('%s has a test of its own that names its code', (code) => {
    expect(testsNaming(code, false)).not.toEqual([]);
  });

  it.each(CONTROL_CODES)(
    '%s has a property: against the reference gate or its condition',
    (code) => {
      const named = PROPERTIES[code];
      const stands = named !== undefined && sources.some((text) => text.includes(`fn ${named}(`));
      const isKnown = KNOWN_TO_BOTH.some((known) => known === code);
      expect(isKnown || stands || testsNaming(code, true).length > 0).toBe(true);
    },
  );
});
