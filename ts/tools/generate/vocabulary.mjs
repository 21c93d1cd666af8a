import { join } from 'node:path';
import { ROOT } from '../repository.mjs';
import { runTool } from '../setup/tool-process.mjs';

/**
 * What the Rust table of words says; `native/rust/engine/examples/vocabulary.rs` prints it.
 *
 * @typedef {{
 *   readonly number: number, readonly name: string, readonly variant: string,
 *   readonly category: string, readonly retryable: boolean,
 *   readonly meaning: string, readonly remedy: string,
 * }} CodeEntry
 * @typedef {{ readonly number: number, readonly text: string }} Word
 * @typedef {{ readonly name: string, readonly meaning: string, readonly values: readonly Word[] }} WordList
 * @typedef {{
 *   readonly bit: number, readonly variant: string, readonly code: string,
 *   readonly unit: string, readonly meaning: string,
 * }} ControlEntry
 * @typedef {{
 *   readonly key: string, readonly kind: string, readonly stricter: string, readonly reach: string,
 *   readonly required: boolean, readonly meaning: string,
 * }} LimitEntry
 * @typedef {{
 *   readonly base: string, readonly overlays: number, readonly event: string,
 *   readonly next_base: string, readonly next_overlays: number, readonly alarm: boolean,
 * }} Transition
 * @typedef {{
 *   readonly codes: readonly CodeEntry[],
 *   readonly vocabularies: readonly WordList[],
 *   readonly overlays: readonly { readonly bits: number, readonly text: string }[],
 *   readonly controls: readonly ControlEntry[],
 *   readonly limits: readonly LimitEntry[],
 *   readonly end_states: readonly string[],
 *   readonly transitions: readonly Transition[],
 * }} Vocabulary
 */

/** @returns {Promise<Vocabulary>} */
export async function readVocabulary() {
  const crate = ['--package', 'holdfast-engine', '--example', 'vocabulary'];
  const manifest = join(ROOT, 'Cargo.toml');
  const output = await runTool({
    command: ['cargo', 'run', '--quiet', '--manifest-path', manifest, ...crate],
    cwd: ROOT,
  });
  // cargo may say on the same stream that it waits for another cargo; the document starts below.
  return JSON.parse(output.slice(output.indexOf('{\n')));
}

/**
 * Returns the words of one list.
 *
 * @param {Vocabulary} vocabulary
 * @param {string} name
 */
export function wordsOf(vocabulary, name) {
  const list = vocabulary.vocabularies.find((candidate) => candidate.name === name);
  if (list === undefined) throw new Error(`the vocabulary must have a list ${name}`);
  return list.values.map(({ text }) => text);
}
