import { wordsOf } from './vocabulary.mjs';

/**
 * @typedef {import('./vocabulary.mjs').Vocabulary} Vocabulary
 * @typedef {import('./vocabulary.mjs').Transition} Transition
 */

/**
 * Returns the base state that follows, the same under every overlay that allows the event; the
 * table is refused when overlays change it, because the page could not show that.
 *
 * @param {readonly Transition[]} cells
 * @returns {Transition | undefined}
 */
function baseRule(cells) {
  const [first] = cells;
  const agrees = cells.every(
    ({ next_base, alarm }) => next_base === first?.next_base && alarm === first.alarm,
  );
  if (!agrees) throw new Error(`overlays must not decide the base state: ${JSON.stringify(first)}`);
  return first;
}

/** @param {Vocabulary} vocabulary @returns {string} */
function baseTable(vocabulary) {
  const bases = wordsOf(vocabulary, 'BaseState');
  const rows = wordsOf(vocabulary, 'OrderEvent').map((event) => {
    const cells = bases.map((base) => {
      const rule = baseRule(
        vocabulary.transitions.filter((cell) => cell.base === base && cell.event === event),
      );
      if (rule === undefined) return '·';
      return `${rule.next_base === base ? 'stays' : rule.next_base}${rule.alarm ? ' (alarm)' : ''}`;
    });
    return `| **${event}** | ${cells.join(' | ')} |`;
  });
  return `| event | ${bases.join(' | ')} |
| --- |${bases.map(() => ' --- |').join('')}
${rows.join('\n')}
`;
}

/**
 * Says what an event does to one overlay, from all cells that do not end the order.
 *
 * @param {readonly Transition[]} cells
 * @param {number} bit
 */
function overlayEffect(cells, bit) {
  const before = cells.map(({ overlays }) => (overlays & bit) !== 0);
  const after = cells.map(({ next_overlays }) => (next_overlays & bit) !== 0);
  const needs = before.every(Boolean) ? 'needed, ' : before.some(Boolean) ? '' : 'refused, ';
  if (before.every((stood, index) => stood === after[index])) return `${needs}kept`;
  if (after.every(Boolean)) return `${needs}set`;
  if (!after.some(Boolean)) return `${needs}cleared`;
  throw new Error(`an event must set, clear or keep an overlay: ${JSON.stringify(cells[0])}`);
}

/** @param {Vocabulary} vocabulary @returns {string} */
function overlayTable(vocabulary) {
  const rows = wordsOf(vocabulary, 'OrderEvent').flatMap((event) => {
    const cells = vocabulary.transitions.filter(
      (cell) =>
        cell.event === event &&
        !vocabulary.end_states.includes(cell.next_base) &&
        !vocabulary.end_states.includes(cell.base),
    );
    if (cells.length === 0) return [];
    const effects = vocabulary.overlays.map(({ bits }) => overlayEffect(cells, bits));
    return [`| **${event}** | ${effects.join(' | ')} |`];
  });
  return `| event | ${vocabulary.overlays.map(({ text }) => text).join(' | ')} |
| --- |${vocabulary.overlays.map(() => ' --- |').join('')}
${rows.join('\n')}
`;
}

/** @param {Vocabulary} vocabulary @returns {string} */
function diagram(vocabulary) {
  /** @type {Map<string, Set<string>>} */
  const edges = new Map();
  for (const { base, event, next_base, alarm } of vocabulary.transitions) {
    if (alarm || base === next_base) continue;
    const edge = `${base} --> ${next_base}`;
    edges.set(edge, (edges.get(edge) ?? new Set()).add(event));
  }
  const lines = [...edges].map(([edge, events]) => `  ${edge}: ${[...events].join(', ')}`);
  const first = wordsOf(vocabulary, 'BaseState')[0];
  const ends = vocabulary.end_states.map((state) => `  ${state} --> [*]`);
  return ['stateDiagram-v2', `  [*] --> ${first}`, ...lines, ...ends].join('\n');
}

/**
 * The documentation of the order's state machine.
 *
 * @param {Vocabulary} vocabulary
 * @returns {string}
 */
export function orderStatesPage(vocabulary) {
  return `# States of an order

<!-- Generated from native/rust/core/src/order_state.rs by \`npm run generate\`. Do not edit. -->

An order has one base state, and any of three overlays may stand over it. The table below is the one that the engine
runs: it has ${vocabulary.transitions.length} legal cells (base state, overlays, event), and any other pair is
\`ORDER_TRANSITION_ILLEGAL\`.

The diagram leaves out what changes no base state, and what comes late: a report after an end is applied and raises an
alarm.

\`\`\`mermaid
${diagram(vocabulary)}
\`\`\`

## Base states

Each cell tells the state after the event; \`·\` is an illegal pair.

${baseTable(vocabulary)}
## Overlays

*pending_cancel* and *pending_replace*: a request was sent and is not answered. *in_doubt*: the outcome of a command is
unknown, so the whole reservation stays, until the venue gives evidence. An order that ended has no overlay.

${overlayTable(vocabulary)}
## What was checked

A search visits every interleaving of one order of two lots, its two amendments (one lot less, one more) and its cancel
with a venue and a network that loses, repeats and reorders messages: 431,592 states and 4,940,329 transitions, over the
table above (\`native/rust/engine/tests/order_model\`). In each of them no fill is lost or applied twice, the reservation
covers what can still fill, doubt ends on evidence only, every report finds a legal cell, and agreement with the venue
can still be reached. Random ways through the same states are walked by the engine itself, which must stand where the
model stands.
`;
}
