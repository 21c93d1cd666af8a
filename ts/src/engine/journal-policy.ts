import { z } from 'zod';

/** When records reach the disk itself: at each commit, when the oldest is so old, or when the system writes them. */
export const journalPolicySchema = z.union([
  z.enum(['always', 'os']),
  z.strictObject({ batchMs: z.int().min(1).max(60_000) }),
]);

export type JournalPolicy = z.output<typeof journalPolicySchema>;

/** Writes a policy as the native core reads it. */
export function journalPolicyText(policy: JournalPolicy): string {
  return typeof policy === 'string' ? policy : `batch:${policy.batchMs}`;
}
