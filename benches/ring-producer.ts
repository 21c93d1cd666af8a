import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { RingBuffer } from 'ringbuf.js';

import { Ring } from '#ts/market/ring.js';

import { Batch, RECORD_BYTES, type Touch, eventObjects } from './ring-records.js';
import { AWAKE_WORD, READY_WORD, RUN_WORD } from './ring-round.js';

export type SubjectName = 'ring' | 'ringbuf' | 'copied' | 'transferred' | 'objects';

/** What the producing thread gets from the consuming one. */
export interface ProducerData {
  readonly subject: SubjectName;
  readonly batchRecords: number;
  readonly roundBatches: number;
  readonly touch: Touch;
  /** The three words of `ring-round.ts`, each the number of a round. */
  readonly rounds: SharedArrayBuffer;
  readonly memory: SharedArrayBuffer;
  readonly port: MessagePort;
}

type SendBatch = (firstSequence: number) => void;

function ringSender({ memory, batchRecords, touch }: ProducerData): SendBatch {
  const ring = Ring.attach(memory);
  const batch = new Batch(batchRecords, ring.records.buffer, ring.records.byteOffset);
  const write = batch.writer(touch);
  return (firstSequence) => {
    write(firstSequence);
    let sent = 0;
    while (sent < batchRecords) sent += ring.publish(batchRecords - sent, sent);
  };
}

function ringbufSender({ memory, batchRecords, touch }: ProducerData): SendBatch {
  const ring = new RingBuffer(memory, Float64Array);
  const batch = new Batch(batchRecords);
  const write = batch.writer(touch);
  const words = batch.words.length;
  return (firstSequence) => {
    write(firstSequence);
    let sent = 0;
    while (sent < words) sent += ring.push(batch.words, words - sent, sent);
  };
}

function copyingSender({ port, batchRecords, touch }: ProducerData): SendBatch {
  const batch = new Batch(batchRecords);
  const write = batch.writer(touch);
  return (firstSequence) => {
    write(firstSequence);
    port.postMessage(batch.words);
  };
}

/** A buffer is gone once it is transferred, so records that stand ready are sent as a copy. */
function transferringSender({ port, batchRecords, touch }: ProducerData): SendBatch {
  if (touch === 'first word') {
    const ready = new ArrayBuffer(batchRecords * RECORD_BYTES);
    const write = new Batch(batchRecords, ready).writer(touch);
    return (firstSequence) => {
      write(firstSequence);
      const buffer = ready.slice(0);
      port.postMessage(buffer, [buffer]);
    };
  }
  return (firstSequence) => {
    const buffer = new ArrayBuffer(batchRecords * RECORD_BYTES);
    new Batch(batchRecords, buffer).fill(firstSequence);
    port.postMessage(buffer, [buffer]);
  };
}

function objectSender({ port, batchRecords, touch }: ProducerData): SendBatch {
  if (touch === 'first word') {
    const ready = eventObjects(batchRecords, 0);
    return (firstSequence) => {
      ready.splice(0, 1, ...eventObjects(1, firstSequence));
      port.postMessage(ready);
    };
  }
  return (firstSequence) => port.postMessage(eventObjects(batchRecords, firstSequence));
}

function senderOf(data: ProducerData): SendBatch {
  switch (data.subject) {
    case 'ring':
      return ringSender(data);
    case 'ringbuf':
      return ringbufSender(data);
    case 'copied':
      return copyingSender(data);
    case 'transferred':
      return transferringSender(data);
    case 'objects':
      return objectSender(data);
  }
}

function runRounds(data: ProducerData): void {
  const send = senderOf(data);
  const rounds = new Int32Array(data.rounds);
  let sequence = 0;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage('ready');
  for (let done = 0; ; done += 1) {
    Atomics.wait(rounds, READY_WORD, done);
    if (Atomics.load(rounds, READY_WORD) < 0) return;
    Atomics.store(rounds, AWAKE_WORD, done + 1);
    while (Atomics.load(rounds, RUN_WORD) === done);
    for (let batch = 0; batch < data.roundBatches; batch += 1) {
      send(sequence);
      sequence += data.batchRecords;
    }
  }
}

runRounds(workerData as ProducerData);
