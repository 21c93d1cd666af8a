import { z } from 'zod';

import { HoldfastError } from './holdfast-error.js';

/** When records reach the disk itself: at each commit, when the oldest is so old, or when the system writes them. */
export const journalPolicySchema = z.union([
  z.enum(['always', 'os']),
  z.strictObject({ batchMs: z.int().min(1).max(60_000) }),
]);

export type JournalPolicy = z.output<typeof journalPolicySchema>;

/** @throws HoldfastError `CONFIG_INVALID` for a policy that is none, or one without a journal */
export function parseJournalPolicy(policy: JournalPolicy, hasJournal: boolean): JournalPolicy {
  const parsed = journalPolicySchema.safeParse(policy);
  if (parsed.success && hasJournal) return parsed.data;
  const rule = hasJournal
    ? "must be 'always', 'os' or { batchMs } from 1 to 60000"
    : 'must be given with a journal only';
  throw new HoldfastError('CONFIG_INVALID', `journalPolicy ${rule}`, {
    context: { field: 'journalPolicy' },
  });
}

/** Writes a policy as the native core reads it. */
export function journalPolicyText(policy: JournalPolicy): string {
  return typeof policy === 'string' ? policy : `batch:${policy.batchMs}`;
}
