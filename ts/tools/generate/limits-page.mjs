/**
 * @typedef {import('./vocabulary.mjs').Vocabulary} Vocabulary
 * @typedef {import('./vocabulary.mjs').LimitEntry} LimitEntry
 */

const SOURCE = 'native/rust/risk/src/limits.rs';

/** @param {string} key @returns {string} */
const toCamel = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** @param {string} text @returns {string} */
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {readonly LimitEntry[]} limits */
function limitRows(limits) {
  return limits
    .map(({ key, reach, meaning }) => {
      const scope = reach === 'any' ? 'any' : 'account';
      return `| \`${key}\` | \`${toCamel(key)}\` | ${scope} | ${cell(meaning)} |`;
    })
    .join('\n');
}

const HEAD = `| key in a file | in TypeScript | scope | bound |
| --- | --- | --- | --- |`;

const INTRODUCTION = `# Limits

<!-- Generated from ${SOURCE} and control.rs by \`npm run generate\`; the prose stands in ts/tools/generate/limits-page.mjs. -->

The gate judges every order: check and reservation are one step, with all controls looked at, so that a denial names every
reason. Each limit is a value or the word \`unlimited\`. No limit of money has a silent default: a file says each of the
first table, and one with an unknown or missing key is refused.

`;

const EXITS = `Fractions are of 1: \`0.02\` is two per cent. Besides these, the instrument's own filters hold (smallest and largest quantity
and notional, percent-price band), equity must be positive, and the number of open orders has a capacity. A missing price, an
arithmetic overflow or an unknown account is a denial.

"As if every open order filled" means the worst order of filling. A reduce-only order adds no exposure by itself, but it can
take away the position that another order was to reduce: it counts on its side, up to the position.

**Exits.** An order that can only reduce the position, with the open ones on its side taken off, passes every capital rule:
no limit can trap a position. It still obeys the price band, the collar, the lot and the largest quantity. Exits and cancels
may use the part of a message budget that is kept for them, and are never held up by it.

`;

const BEHAVIOUR = `**Smaller instead.** An order that is denied for its size alone is told the largest quantity that would pass
(\`suggested_lots\` in the journal). It is judged itself before it is told.

**Drawdown guard.** From \`drawdown_soft_frac_max\` on, order and position sizes and gross exposure shrink in a straight line
to nothing at \`drawdown_frac_max\`; they come back with equity.

**Capital governor.** [A plan](capital.md) divides the capital among strategies; what each is given is its limit.

**Risk governor.** A signal cuts the same sizes of every strategy by a factor at once. It only tightens; the second key
takes it back.

**Inputs with an age.** Account, clock and cause of an order are refused when they are missing or too old. What tells the
gate of them is an input of the session, stands in the journal, and is replayed: an account that was confirmed, a clock that
was measured, an instrument that was halted, a circuit breaker that opened, a strategy that a person enabled again.

**The whole portfolio.** Correlations, VaR, CVaR and a risk score are worked out elsewhere and told to the gate, which never waits
for them: [portfolio-risk.md](portfolio-risk.md#live-risk). A limit on one of them needs a bound on its age.

`;

const SCOPES = `## Scopes

\`scopes\` sets limits for a part of the account: a \`strategy\` of the list \`strategies\`, a \`venue\`, an \`instrument\` by its
symbol, an \`asset_class\` of \`asset_classes\`; every selector that is given must fit. Where several apply, the strictest
wins. They are resolved when they are set, so that an order looks up one row. Sums over the account (gross and net exposure,
leverage) are the account's also where a scope bounds them. \`groups\` names sectors or the like for \`group_exposure_frac_max\`.

\`trading_hours\` names one of \`calendars\`. A calendar is local time, resolved when the file is read, or instants in
nanoseconds.

\`\`\`json
{
  "strategies": ["trend"],
  "asset_classes": { "crypto": ["BTC-USD", "ETH-USD"] },
  "calendars": {
    "nyse": {
      "time_zone": "America/New_York", "days": ["mon", "tue", "wed", "thu", "fri"], "open": "09:30", "close": "16:00",
      "from": "2026-01-01", "until": "2026-12-31", "holidays": ["2026-11-26", "2026-12-25"]
    }
  },
  "scopes": [
    { "asset_class": "crypto", "limits": { "position_frac_max": "0.1" } },
    { "strategy": "trend", "instrument": "SPY", "limits": { "trading_hours": "nyse" } }
  ]
}
\`\`\`

`;

const CHANGES = `## Changing limits while a session runs

Tightening is instant. A loosening takes effect after \`change.loosen_delay_ms\`, or at once with the second key, whose BLAKE3
hash stands in \`change.second_key_hash\`; without either it is \`LIMITS_LOOSENING_DENIED\`. What is stricter in a mixed change
holds at once. A loosening may have an end, at which what held before comes back. Every change is in the journal with the
fingerprint of what is in force, and every verdict carries the first bytes of that fingerprint.

`;

const PRESETS = `## Presets

| preset | from | bounds |
| --- | --- | --- |
| \`bot4\` | RISK-02 to RISK-05, RISK-13 | 2 % a position, a stop loss always, correlation 0.7, 15 % drawdown, 110 % margin |
| \`lightning\` | RISK-02, RISK-17 to RISK-20 | 15 % a position, 80 % exposure, 5 % a day, 20 trades a day, 10 orders a minute |
| \`neolight\` | RISK-05, RISK-24 | 15 % drawdown with the drawdown guard before it |
| \`platform\` | ARC-12, ARC-15 | no number of the catalogue is a limit of it: over-leverage is prevented at the account's own equity |
| \`conservative-crypto\` | ours | 5 % a position, 50 % exposure, no leverage, 2 % a day, 5 % a week, 10 % drawdown |
| \`us-equities\` | ours | 10 % a position, twice equity, 3 % a day, price collar of 5 % in five minutes |

What a preset does not name is \`unlimited\`, and a price may be a minute old.

\`\`\`
npx holdfast limits explain bot4
npx holdfast limits check my-limits.json
npx holdfast limits diff bot4 my-limits.json
npx holdfast backtest --strategy s.ts --data prices.csv --limits my-limits.json
\`\`\`

[limits.schema.json](limits.schema.json) is the JSON Schema of a file.

`;

/** The documentation of limits and controls. @param {Vocabulary} vocabulary @returns {string} */
export function limitsPage({ limits, controls }) {
  const needed = limitRows(limits.filter(({ required }) => required));
  const further = limitRows(limits.filter(({ required }) => !required));
  const rows = controls
    .map(({ bit, code, unit, meaning }) => `| ${bit} | \`${code}\` | ${unit} | ${cell(meaning)} |`)
    .join('\n');
  return `${INTRODUCTION}${HEAD}
${needed}

${EXITS}## Further limits

Each is off unless a document sets it.

${HEAD}
${further}

${BEHAVIOUR}${SCOPES}${CHANGES}${PRESETS}## Controls

Every control has a code, a limit, an observed value, and the age of the input it looked at.

| bit | code | unit | what it checks |
| ---: | --- | --- | --- |
${rows}
`;
}
