import { median, percentile, type SuiteRow } from './suite.js';

/** Something to measure: a call of `run` gives one sample in the unit of its rows. */
export interface Subject {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

export interface Case {
  readonly case: string;
  readonly unit: string;
  readonly samples: number;
  readonly warmUps: number;
  readonly subjects: readonly Subject[];
  /** The subject that the others are measured against; of several the one with the least median. */
  readonly references: readonly string[];
}

/** Measures the subjects of a case in turn, A B C A B C, so that a drift of the machine meets all of them alike. */
export async function measureCase(measured: Case): Promise<readonly SuiteRow[]> {
  const samples = measured.subjects.map(() => [] as number[]);
  for (let round = 0; round < measured.warmUps + measured.samples; round += 1) {
    for (const [index, subject] of measured.subjects.entries()) {
      const sample = await subject.run();
      if (round >= measured.warmUps) samples[index]?.push(sample);
    }
  }
  const medians = measured.subjects.map(({ name }, index) => ({
    name,
    ns: median(samples[index] ?? []),
  }));
  const reference = medians
    .filter(({ name }) => measured.references.includes(name))
    .toSorted((left, right) => left.ns - right.ns)[0];
  if (reference === undefined) throw new Error(`case "${measured.case}" has no reference`);
  return medians.map(({ name, ns }, index) => ({
    case: measured.case,
    subject: name,
    unit: measured.unit,
    median: ns,
    p99: percentile(samples[index] ?? [], 0.99),
    samples: measured.samples,
    reference: reference.name,
    ratio: reference.ns / ns,
  }));
}

/** Nanoseconds a call over `count` calls. */
export function nanosecondsPerCall(count: number, call: (index: number) => unknown): number {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) sink = call(index);
  return Number(process.hrtime.bigint() - start) / count;
}

/** Where results go, so that no call can be left out as unused. */
export let sink: unknown;
