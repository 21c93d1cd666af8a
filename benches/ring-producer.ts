import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

import { RingBuffer } from 'ringbuf.js';

import { Ring } from '#ts/market/ring.js';

import { Batch, RECORD_BYTES, eventObjects } from './ring-records.js';
import { AWAKE_WORD, READY_WORD, RUN_WORD } from './ring-round.js';

export type SubjectName = 'ring' | 'ringbuf' | 'copied' | 'transferred' | 'objects';

/** What the producing thread gets from the consuming one. */
export interface ProducerData {
  readonly subject: SubjectName;
  readonly batchRecords: number;
  readonly roundBatches: number;
  /** The three words of `ring-round.ts`, each the number of a round. */
  readonly rounds: SharedArrayBuffer;
  readonly memory: SharedArrayBuffer;
  readonly port: MessagePort;
}

type SendBatch = (firstSequence: number) => void;

function ringSender(memory: SharedArrayBuffer, batchRecords: number): SendBatch {
  const ring = Ring.attach(memory);
  const batch = new Batch(batchRecords, ring.records.buffer, ring.records.byteOffset);
  return (firstSequence) => {
    batch.fill(firstSequence);
    let sent = 0;
    while (sent < batchRecords) sent += ring.publish(batchRecords - sent, sent);
  };
}

function ringbufSender(memory: SharedArrayBuffer, batchRecords: number): SendBatch {
  const ring = new RingBuffer(memory, Float64Array);
  const batch = new Batch(batchRecords);
  const words = batch.words.length;
  return (firstSequence) => {
    batch.fill(firstSequence);
    let sent = 0;
    while (sent < words) sent += ring.push(batch.words, words - sent, sent);
  };
}

function copyingSender(port: MessagePort, batchRecords: number): SendBatch {
  const batch = new Batch(batchRecords);
  return (firstSequence) => {
    batch.fill(firstSequence);
    port.postMessage(batch.words);
  };
}

function transferringSender(port: MessagePort, batchRecords: number): SendBatch {
  return (firstSequence) => {
    const buffer = new ArrayBuffer(batchRecords * RECORD_BYTES);
    new Batch(batchRecords, buffer).fill(firstSequence);
    port.postMessage(buffer, [buffer]);
  };
}

function senderOf({ subject, batchRecords, memory, port }: ProducerData): SendBatch {
  switch (subject) {
    case 'ring':
      return ringSender(memory, batchRecords);
    case 'ringbuf':
      return ringbufSender(memory, batchRecords);
    case 'copied':
      return copyingSender(port, batchRecords);
    case 'transferred':
      return transferringSender(port, batchRecords);
    case 'objects':
      return (firstSequence) => port.postMessage(eventObjects(batchRecords, firstSequence));
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
