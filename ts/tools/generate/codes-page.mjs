import { categoriesOf } from './typescript.mjs';

/** @type {Readonly<Record<string, string>>} */
const CATEGORY_MEANINGS = {
  validation: 'The caller passed something that can never work: fix the argument.',
  risk: 'The gate refused: an order or a limit has to change. These are verdicts, not exceptions.',
  exchange: 'The venue answered with something that does not fit.',
  data: 'Market or reference data is unusable.',
  infrastructure: 'Files, memory, native code or the operating system failed.',
};

/** @param {string} text @returns {string} */
const cell = (text) => text.replaceAll('|', '\\|');

/**
 * The documentation of every code.
 *
 * @param {import('./vocabulary.mjs').Vocabulary} vocabulary
 * @returns {string}
 */
export function codesPage(vocabulary) {
  const sections = categoriesOf(vocabulary).map((category) => {
    const meaning = CATEGORY_MEANINGS[category];
    if (meaning === undefined) throw new Error(`category ${category} must have a meaning`);
    const rows = vocabulary.codes
      .filter((code) => code.category === category)
      .map(
        ({ number, name, retryable, meaning: means, remedy }) =>
          `| ${number} | \`${name}\` | ${retryable ? 'yes' : 'no'} | ${cell(means)} | ${cell(remedy)} |`,
      );
    return `## ${category}

${meaning}

| number | code | retry | meaning | remedy |
| ---: | --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `# Codes

<!-- Generated from native/rust/core/src/code.rs by \`npm run generate\`. Do not edit. -->

Every failure is a \`HoldfastError\` with one of these codes, and every denial of the gate carries one. Names and
numbers are stable: journals hold the numbers. *Retry* says whether the same call may succeed later without a change.

${sections.join('\n')}`;
}
