import { readFileSync } from 'node:fs';
import type { Command } from 'commander';

import { HoldfastError } from '../core/holdfast-error.js';
import { LIMIT_KEYS } from '../core/limit-keys.generated.js';
import { limitsFingerprint } from '../native/limits-check.js';
import { type Limits, limitsRecord, parseLimitsJson } from '../risk/limits.js';
import { LIMITS_PRESETS, presetLimits } from '../risk/presets.js';
import { printed } from './journal-flags.js';
import { textColumns } from './text-columns.js';

interface JsonFlag {
  readonly json?: boolean;
}

/** Adds `holdfast limits check | explain | diff`. */
export function addLimitsCommand(program: Command): void {
  const limits = program
    .command('limits')
    .description('check, explain and compare limits of the gate')
    .addHelpText('after', EXAMPLES);
  addCheck(limits);
  addExplain(limits);
  addDiff(limits);
}

/** Reads a preset by its name, and a file otherwise. */
function readLimits(source: string): Limits {
  const preset = LIMITS_PRESETS.find((name) => name === source);
  if (preset !== undefined) return presetLimits(preset);
  let text: string;
  try {
    text = readFileSync(source, 'utf8');
  } catch (cause) {
    throw new HoldfastError(
      'LIMITS_PRESET_UNKNOWN',
      `limits must be a file or one of ${LIMITS_PRESETS.join(', ')}, was "${source}"`,
      { context: { name: source, presets: LIMITS_PRESETS }, cause },
    );
  }
  return parseLimitsJson(text);
}

function addCheck(limits: Command): void {
  limits
    .command('check <file|preset>')
    .description('check limits one by one and as a whole; contradictions are named')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast limits check my-limits.json
  $ holdfast limits check us-equities --json

Exit code: 0 when the limits hold, 1 when one is wrong, missing or contradicts another.`,
    )
    .action((source: string, flags: JsonFlag) => {
      const record = limitsRecord(readLimits(source));
      const fingerprint = limitsFingerprint(record);
      const set = LIMIT_KEYS.filter(({ key }) => isSet(record[key])).length;
      const outcome = { source, fingerprint, limits_set: set, limits_off: LIMIT_KEYS.length - set };
      printed(
        flags,
        outcome,
        `limits hold: ${set} set, ${LIMIT_KEYS.length - set} unlimited\nfingerprint ${fingerprint}`,
      );
    });
}

const isSet = (value: unknown) => value !== undefined && value !== 'unlimited' && value !== false;

/** A limit as it is told: what is off says so. */
function told(value: unknown, kind: string): string {
  if (value === undefined) return kind === 'flag' ? 'no' : 'unlimited';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function addExplain(limits: Command): void {
  limits
    .command('explain <file|preset>')
    .description('say in plain words what limits bound, and which are off')
    .option('--json', 'print every limit with its meaning as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast limits explain bot4
  $ holdfast limits explain my-limits.json --json

Exit code: 0 when the limits hold, 1 when one is wrong, missing or contradicts another.`,
    )
    .action((source: string, flags: JsonFlag) => {
      const record = limitsRecord(readLimits(source));
      const fingerprint = limitsFingerprint(record);
      const rows = LIMIT_KEYS.map(({ key, kind, reach, meaning }) => ({
        key,
        value: told(record[key], kind),
        is_set: isSet(record[key]),
        scope: reach,
        meaning,
      }));
      const scopes = Array.isArray(record['scopes']) ? (record['scopes'] as unknown[]) : [];
      const set = rows.filter((row) => row.is_set);
      const off = rows.filter((row) => !row.is_set).map(({ key }) => key);
      const text = [
        ...textColumns(set.map(({ key, value, meaning }) => [key, value, meaning])),
        ...scopes.map((scope) => `scope ${JSON.stringify(scope)}`),
        '',
        `off: ${off.join(', ')}`,
        `fingerprint ${fingerprint}`,
      ];
      printed(flags, { source, fingerprint, limits: rows, scopes }, text.join('\n'));
    });
}

function addDiff(limits: Command): void {
  limits
    .command('diff <from> <to>')
    .description('compare two limits: which are tighter, which are looser')
    .option('--json', 'print the differences as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ holdfast limits diff bot4 lightning
  $ holdfast limits diff live.json next.json --json

Exit code: 0 when both hold, whatever differs; 1 when one is wrong.`,
    )
    .action((from: string, to: string, flags: JsonFlag) => {
      const [before, after] = [limitsRecord(readLimits(from)), limitsRecord(readLimits(to))];
      const prints = [limitsFingerprint(before), limitsFingerprint(after)];
      const differences = limitDifferences(before, after);
      const text =
        differences.length === 0
          ? 'the limits are the same'
          : textColumns(
              differences.map(({ key, before: old, after: next, change }) => [
                key,
                old,
                '->',
                next,
                change,
              ]),
            ).join('\n');
      printed(flags, { from, to, fingerprints: prints, differences }, text);
    });
}

export interface LimitDifference {
  readonly key: string;
  readonly before: string;
  readonly after: string;
  /** `other` is a part that cannot be told as tighter or looser as a whole, such as scopes. */
  readonly change: 'tighter' | 'looser' | 'other';
}

/** Returns the limits that differ between two written forms. */
export function limitDifferences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly LimitDifference[] {
  const known = new Set<string>(LIMIT_KEYS.map(({ key }) => key));
  const values = LIMIT_KEYS.flatMap(({ key, kind, stricter }) => {
    const [old, next] = [told(before[key], kind), told(after[key], kind)];
    return old === next
      ? []
      : [{ key, before: old, after: next, change: changeOf(old, next, stricter) }];
  });
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !known.has(key))
    .flatMap((key) => {
      const [old, next] = [told(before[key], 'part'), told(after[key], 'part')];
      return old === next ? [] : [{ key, before: old, after: next, change: 'other' as const }];
    });
  return [...values, ...parts];
}

function changeOf(before: string, after: string, stricter: string): 'tighter' | 'looser' {
  if (after === 'unlimited' || after === 'no') return 'looser';
  if (before === 'unlimited' || before === 'no') return 'tighter';
  const rises = Number(after) > Number(before);
  return rises === (stricter === 'higher') ? 'tighter' : 'looser';
}

const EXAMPLES = `
Presets: ${LIMITS_PRESETS.join(', ')}

Examples:
  $ holdfast limits explain bot4
  $ holdfast limits check my-limits.json
  $ holdfast limits diff bot4 my-limits.json

Each command has examples of its own: holdfast limits diff --help`;
