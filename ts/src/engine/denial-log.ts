import type { FailedCheck, VerdictNotice } from '../native/notice-reader.js';
import { failedControl } from './denial.js';
import type { DenialCount } from './session-result.js';

interface Entry {
  count: number;
  readonly firstTsMs: number;
  lastTsMs: number;
  worst: FailedCheck;
}

/** Counts denials by control, and keeps the one that was furthest past its limit. */
export class DenialLog {
  readonly #entries = new Map<string, Entry>();

  add(verdict: VerdictNotice): void {
    const tsMs = Number(verdict.tsNs / 1_000_000n);
    for (const check of verdict.failed) {
      const entry = this.#entries.get(check.code);
      if (entry === undefined) {
        this.#entries.set(check.code, { count: 1, firstTsMs: tsMs, lastTsMs: tsMs, worst: check });
        continue;
      }
      entry.count += 1;
      entry.lastTsMs = tsMs;
      if (excess(check) > excess(entry.worst)) entry.worst = check;
    }
  }

  /** By count, most first; of equal counts by code. */
  counts(): readonly DenialCount[] {
    return [...this.#entries]
      .map(([code, { count, firstTsMs, lastTsMs, worst }]) => {
        const { observed, limit } = failedControl(worst);
        return { code, count, firstTsMs, lastTsMs, worstObserved: observed, limit };
      })
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}

function excess({ observed, limit }: FailedCheck): bigint {
  const distance = observed - (limit ?? 0n);
  return distance < 0n ? -distance : distance;
}
