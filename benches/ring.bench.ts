/* oxlint-disable no-await-in-loop -- one measurement runs at a time */
import { type Peer, type Shape, startPeers } from './ring-peers.js';
import { RECORD_BYTES } from './ring-records.js';
import {
  type Suite,
  type SuiteRow,
  isStartedDirectly,
  median,
  percentile,
  printSuite,
} from './suite.js';

/** 2 MiB a round, and 256 KiB in single records, which are slower. */
const SHAPES: readonly Shape[] = [
  { batchRecords: 64, roundBatches: 512, touch: 'whole' },
  { batchRecords: 1, roundBatches: 4096, touch: 'whole' },
  { batchRecords: 64, roundBatches: 512, touch: 'first word' },
];

const WARM_UP_ROUNDS = 20;
/** The peers take turns, so that a change of the machine's pace meets all of them. */
const TURNS = 20;
const ROUNDS_PER_TURN = 20;

interface Measured {
  readonly peer: Peer;
  readonly nsPerRecord: number[];
}

async function runTurn(peer: Peer, rounds: number): Promise<readonly number[]> {
  const nsPerRecord: number[] = [];
  for (let round = 0; round < rounds; round += 1) nsPerRecord.push(await peer.round());
  return nsPerRecord;
}

async function measure(peers: readonly Peer[]): Promise<readonly Measured[]> {
  const measured: readonly Measured[] = peers.map((peer) => ({ peer, nsPerRecord: [] }));
  for (const { peer } of measured) await runTurn(peer, WARM_UP_ROUNDS);
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { peer, nsPerRecord } of measured) {
      nsPerRecord.push(...(await runTurn(peer, ROUNDS_PER_TURN)));
    }
  }
  return measured;
}

function caseOf({ batchRecords, touch }: Shape): string {
  const batch = batchRecords === 1 ? 'one at a time' : `batches of ${batchRecords}`;
  const records = `${RECORD_BYTES}-byte records between two threads, ${batch}`;
  if (touch === 'whole') return records;
  return (
    `${records}, transport alone ` +
    '(records stand ready, the consumer looks at the first word of each batch)'
  );
}

function rowOf(shape: Shape, subject: Measured, reference: Measured): SuiteRow {
  return {
    case: caseOf(shape),
    subject: subject.peer.name,
    unit: 'ns/record',
    median: median(subject.nsPerRecord),
    p99: percentile(subject.nsPerRecord, 0.99),
    samples: subject.nsPerRecord.length,
    reference: reference.peer.name,
    ratio: median(reference.nsPerRecord) / median(subject.nsPerRecord),
  };
}

async function rowsOf(shape: Shape): Promise<readonly SuiteRow[]> {
  const peers = await startPeers(shape);
  const [ring, ...references] = await measure(peers);
  for (const peer of peers) await peer.stop();
  if (ring === undefined) throw new Error('the ring itself was not measured');
  return [
    ...references.map((reference) => rowOf(shape, ring, reference)),
    ...references.map((reference) => rowOf(shape, reference, ring)),
  ];
}

/**
 * Measures the ring beside the ways that a bot has today. Each sample is the time of a round from
 * its start until the consumer has taken the last record, over the records of the round. In the
 * first cases every record is written and read whole in JavaScript, and checked, which is much of
 * what a record then costs; the last case leaves that out on both sides, for all subjects alike.
 */
export async function ringSuite(): Promise<Suite> {
  const rows: SuiteRow[] = [];
  for (const shape of SHAPES) rows.push(...(await rowsOf(shape)));
  return { suite: 'ring', rows };
}

if (isStartedDirectly(import.meta.url)) printSuite(await ringSuite());
