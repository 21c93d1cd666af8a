import { once } from 'node:events';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';

import { RingBuffer } from 'ringbuf.js';

import { Ring } from '#ts/market/ring.js';

import { AWAKE_WORD, READY_WORD, RUN_WORD } from './ring-round.js';
import type { ProducerData, SubjectName } from './ring-producer.js';
import {
  Batch,
  CAPACITY_RECORDS,
  type EventObject,
  RECORD_BYTES,
  type Touch,
  takeObjects,
} from './ring-records.js';

/** How the records of a round are sent. */
export interface Shape {
  readonly batchRecords: number;
  readonly roundBatches: number;
  readonly touch: Touch;
}

/** One way to hand records from a producing thread to this one. */
export interface Peer {
  readonly name: string;
  /** Takes one round of records from the other thread and returns its nanoseconds per record. */
  round(): Promise<number>;
  stop(): Promise<void>;
}

/** Takes a whole round whose first record has that sequence. */
type TakeRound = (firstSequence: number) => void | Promise<void>;

interface Subject {
  readonly name: SubjectName;
  readonly memory: SharedArrayBuffer;
  takeRound(port: MessagePort): TakeRound;
}

function check(isExpected: boolean): void {
  if (!isExpected) throw new Error('records arrived damaged or out of order');
}

/** Reads the records where they stand. */
function ringSubject({ batchRecords, roundBatches, touch }: Shape): Subject {
  const ring = Ring.create({ capacity: CAPACITY_RECORDS });
  const batch = new Batch(CAPACITY_RECORDS, ring.slots.buffer, ring.slots.byteOffset);
  const isExpected = batch.reader(touch);
  const roundRecords = batchRecords * roundBatches;
  const takeRound = (firstSequence: number) => {
    for (let taken = 0; taken < roundRecords;) {
      const count = ring.peek(batchRecords);
      if (count === 0) continue;
      check(isExpected(count, firstSequence + taken, ring.peekedSlot));
      ring.consume(count);
      taken += count;
    }
  };
  return { name: 'ring', memory: ring.memory, takeRound: () => takeRound };
}

/** Copies the records out first. */
function drainedRingSubject({ batchRecords, roundBatches, touch }: Shape): Subject {
  const ring = Ring.create({ capacity: CAPACITY_RECORDS });
  const batch = new Batch(batchRecords, ring.records.buffer, ring.records.byteOffset);
  const isExpected = batch.reader(touch);
  const roundRecords = batchRecords * roundBatches;
  const takeRound = (firstSequence: number) => {
    for (let taken = 0; taken < roundRecords;) {
      const count = ring.drain(batchRecords);
      if (count > 0) check(isExpected(count, firstSequence + taken));
      taken += count;
    }
  };
  return { name: 'ring', memory: ring.memory, takeRound: () => takeRound };
}

function ringbufSubject({ batchRecords, roundBatches, touch }: Shape): Subject {
  const wordsPerRecord = RECORD_BYTES / 8;
  const memory = RingBuffer.getStorageForCapacity(CAPACITY_RECORDS * wordsPerRecord, Float64Array);
  const ring = new RingBuffer(memory, Float64Array);
  const batch = new Batch(batchRecords);
  const isExpected = batch.reader(touch);
  const roundRecords = batchRecords * roundBatches;
  const takeRound = (firstSequence: number) => {
    for (let taken = 0; taken < roundRecords;) {
      const count = ring.pop(batch.words, batch.words.length) / wordsPerRecord;
      if (count > 0) check(isExpected(count, firstSequence + taken));
      taken += count;
    }
  };
  return { name: 'ringbuf', memory, takeRound: () => takeRound };
}

type Message = Float64Array | ArrayBuffer | readonly EventObject[];

/** Looks at no more of a message than a ring's reader does in the same case. */
function takeFirstWord(message: Message, records: number, firstSequence: number): boolean {
  if (message instanceof ArrayBuffer) {
    return takeFirstWord(new Float64Array(message), records, firstSequence);
  }
  if (message instanceof Float64Array) {
    return message.byteLength === records * RECORD_BYTES && message[0] === firstSequence;
  }
  return message.length === records && message[0]?.tsEventNs === firstSequence;
}

function takeWhole(message: Message, records: number, firstSequence: number): boolean {
  if (message instanceof Float64Array) {
    return new Batch(records, message.buffer).takeAll(records, firstSequence);
  }
  if (message instanceof ArrayBuffer) {
    return new Batch(records, message).takeAll(records, firstSequence);
  }
  return message.length === records && takeObjects(message, firstSequence);
}

function messageSubject(name: SubjectName, shape: Shape): Subject {
  const { batchRecords, roundBatches, touch } = shape;
  const takeMessage = touch === 'whole' ? takeWhole : takeFirstWord;
  const takeRound = (port: MessagePort): TakeRound => {
    let finish: (() => void) | undefined;
    let sequence = 0;
    let batches = 0;
    port.on('message', (message: Message) => {
      check(takeMessage(message, batchRecords, sequence));
      sequence += batchRecords;
      batches += 1;
      if (batches % roundBatches === 0) finish?.();
    });
    return () => new Promise((resolve) => (finish = resolve));
  };
  return { name, memory: new SharedArrayBuffer(0), takeRound };
}

// Threads do not inherit the TypeScript loader of tsx on Node.js 20, so each registers its own.
const PRODUCER = new URL('./ring-producer.ts', import.meta.url).href;
const BOOTSTRAP = `import('tsx/esm/api').then(({ tsImport }) => tsImport('${PRODUCER}', '${PRODUCER}'));`;

async function startPeer(name: string, subject: Subject, shape: Shape): Promise<Peer> {
  const { port1, port2 } = new MessageChannel();
  const rounds = new SharedArrayBuffer(12);
  const words = new Int32Array(rounds);
  const { memory } = subject;
  const data: ProducerData = { ...shape, subject: subject.name, rounds, memory, port: port2 };
  const worker = new Worker(BOOTSTRAP, { eval: true, workerData: data, transferList: [port2] });
  // Rejects when the thread fails to start: a spinning consumer would wait for it for ever.
  await once(worker, 'message');
  const exited = once(worker, 'exit');
  const takeRound = subject.takeRound(port1);
  const roundRecords = shape.batchRecords * shape.roundBatches;
  let round = 0;
  return {
    name,
    async round() {
      const firstSequence = round * roundRecords;
      round += 1;
      Atomics.store(words, READY_WORD, round);
      Atomics.notify(words, READY_WORD);
      while (Atomics.load(words, AWAKE_WORD) !== round);
      const startedNs = process.hrtime.bigint();
      Atomics.store(words, RUN_WORD, round);
      await takeRound(firstSequence);
      return Number(process.hrtime.bigint() - startedNs) / roundRecords;
    },
    async stop() {
      Atomics.store(words, READY_WORD, -1);
      Atomics.notify(words, READY_WORD);
      await exited;
      port1.close();
    },
  };
}

/** Returns the ring first; each peer has a producing thread of its own, asleep between rounds. */
export async function startPeers(shape: Shape): Promise<readonly Peer[]> {
  return [
    await startPeer('Ring', ringSubject(shape), shape),
    await startPeer('Ring, copied out', drainedRingSubject(shape), shape),
    await startPeer('ringbuf.js', ringbufSubject(shape), shape),
    await startPeer('postMessage, typed array', messageSubject('copied', shape), shape),
    await startPeer('postMessage, transferred', messageSubject('transferred', shape), shape),
    await startPeer('postMessage, objects', messageSubject('objects', shape), shape),
  ];
}
