import type { FailedCheck, FuseNotice, VerdictNotice } from '../native/notice-reader.js';
import { fuseValue } from './orders/engine-event.js';
import { failedControl } from './denial.js';
import type { DenialCount } from './session-result.js';

interface Entry {
  count: number;
  readonly firstTsMs: number;
  lastTsMs: number;
  worst: FailedCheck;
}

/** What the egress fuse refused; its first refusal by a ceiling is the one to look at. */
interface FuseEntry {
  count: number;
  readonly first: FuseNotice;
  lastTsMs: number;
}

/** Counts denials by control, and keeps the one that was furthest past its limit. */
export class DenialLog {
  readonly #entries = new Map<string, Entry>();
  readonly #byFuse = new Map<string, FuseEntry>();

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

  addFuse(notice: FuseNotice): void {
    const lastTsMs = Number(notice.tsNs / 1_000_000n);
    const entry = this.#byFuse.get(notice.code);
    if (entry === undefined) this.#byFuse.set(notice.code, { count: 1, first: notice, lastTsMs });
    else {
      entry.count += 1;
      entry.lastTsMs = lastTsMs;
    }
  }

  /** By count, most first; of equal counts by code. */
  counts(): readonly DenialCount[] {
    return [...this.#byControl(), ...this.#ofFuse()].sort(
      (a, b) => b.count - a.count || (a.code < b.code ? -1 : 1),
    );
  }

  #ofFuse(): DenialCount[] {
    return [...this.#byFuse].map(([code, { count, first, lastTsMs }]) => {
      const value = (raw: bigint) =>
        first.ceiling === 'none' ? null : fuseValue(first.ceiling, raw);
      return {
        code,
        count,
        firstTsMs: Number(first.tsNs / 1_000_000n),
        lastTsMs,
        worstObserved: value(first.observedRaw),
        limit: value(first.limitRaw),
      };
    });
  }

  #byControl(): DenialCount[] {
    return [...this.#entries].map(([code, { count, firstTsMs, lastTsMs, worst }]) => {
      const { observed, limit } = failedControl(worst);
      return { code, count, firstTsMs, lastTsMs, worstObserved: observed, limit };
    });
  }
}

function excess({ observed, limit }: FailedCheck): bigint {
  const distance = observed - (limit ?? 0n);
  return distance < 0n ? -distance : distance;
}
