import { z } from 'zod';

import type { Code } from './codes.generated.js';
import { decimalOf, formatDecimal } from './decimal.js';
import { HoldfastError } from './holdfast-error.js';

/** A decimal at the edge: a plain string or a finite number, kept as text so that nothing is lost. */
export const decimalText = z.union([z.string(), z.number()]).transform((value, context) => {
  try {
    const { mantissa, scale } = decimalOf(value);
    return formatDecimal(mantissa, scale);
  } catch {
    context.addIssue({ code: 'custom', message: `must be a plain decimal, was ${value}` });
    return z.NEVER;
  }
});

/** Letters to change to make one word of the other: tells which key a misspelt one was meant to be. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const cost = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + cost,
        ),
      );
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** The known key that is nearest to a misspelt one. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  return [...known].sort((a, b) => editDistance(key, a) - editDistance(key, b))[0];
}

/**
 * Parses a configuration once, at the edge.
 *
 * @throws HoldfastError `unknownKeyCode` for a key that does not exist (with the nearest one that does), `code` for
 * every other fault; the message names the field, the rule and the value.
 */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  what: string,
  code: Code,
  unknownKeyCode: Code = 'CONFIG_UNKNOWN_KEY',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key explains the one that is missing, so it is told first.
  const issue = issues.find((each) => each.code === 'unrecognized_keys') ?? issues[0];
  const field = [what, ...(issue?.path ?? []).map(String)].join('.');
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const nearest = nearestKey(key, Object.keys(schema.shape)) ?? '';
    throw new HoldfastError(
      unknownKeyCode,
      `${what} must not have the key "${key}"; did you mean "${nearest}"?`,
      { context: { key, nearest, known: Object.keys(schema.shape) } },
    );
  }
  const isMissing = issue?.path.length === 1 && valueAt(value, issue.path[0]) === undefined;
  const rule = isMissing ? 'must be given' : (issue?.message ?? 'must fit its schema');
  throw new HoldfastError(code, `${field} is wrong: ${rule}`, {
    context: { field, issues: parsed.error.issues.map((each) => each.message) },
  });
}

function valueAt(value: unknown, key: PropertyKey | undefined): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return undefined;
  return Reflect.get(value, key);
}
