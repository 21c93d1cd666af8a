import { parentPort, workerData } from 'node:worker_threads';
import { mergeBars, type MergeSource } from './import/bar-merge.js';
import { BarPublisher } from './import/bar-publisher.js';
import { BarReader } from './import/bar-reader.js';
import type { ImportReport } from './import/bar-sink.js';
import { FeedControl } from './import/feed-control.js';
import { errorMessageOf, type FeedMessage, type FeedWorkerData } from './import/feed-message.js';
import { Ring } from './ring.js';

/** Reads all sources into the ring and returns a report for each, in the order of the sources. */
async function feed(
  { sources }: FeedWorkerData,
  ring: Ring,
  control: FeedControl,
): Promise<readonly ImportReport[]> {
  const opened: MergeSource[] = [];
  try {
    for (const source of sources) {
      const reader = await BarReader.open(source, (bytes) => control.add('readBytes', bytes));
      opened.push({ instrument: source.instrument, reader });
      control.add('totalBytes', reader.totalBytes);
    }
    const publisher = new BarPublisher(ring, control);
    await mergeBars(opened, (bar) => publisher.write(bar));
    publisher.flush();
    return opened.map(({ reader }) => reader.report());
  } finally {
    for (const { reader } of opened) await reader.close();
  }
}

/**
 * Whatever happens, the consumer finds a ring that is closed for writing and a message that says
 * why.
 */
async function run(data: FeedWorkerData): Promise<FeedMessage> {
  let ring: Ring | null = null;
  try {
    ring = Ring.attach(data.ringMemory);
    const reports = await feed(data, ring, new FeedControl(data.controlMemory));
    return { kind: 'done', reports };
  } catch (error) {
    return { kind: 'failed', error: errorMessageOf(error) };
  } finally {
    ring?.closeWrite();
    ring?.close();
  }
}

parentPort?.postMessage(await run(workerData));
