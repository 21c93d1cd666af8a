import { parentPort, workerData } from 'node:worker_threads';

import { failureOf, type GpuAnswer, type GpuRequest, type GpuWorkerData } from './gpu-message.js';
import { GpuSession } from './gpu-session.js';
import { transferOf } from './gpu-task.js';

const answer = (message: GpuAnswer) => {
  parentPort?.postMessage(message, 'answer' in message ? transferOf(message.answer) : []);
};

async function serve(session: GpuSession, { id, task }: GpuRequest): Promise<void> {
  try {
    answer({ id, answer: await session.run(task) });
  } catch (error) {
    answer({ id, failure: failureOf(error) });
  }
}

/** Serves one request after the other: a device has one queue. */
async function run(data: GpuWorkerData): Promise<void> {
  let session: GpuSession;
  try {
    session = await GpuSession.open(data.choice);
  } catch (error) {
    answer({ id: null, failure: failureOf(error) });
    return;
  }
  answer({ id: null, opened: session.device.description });
  let last = Promise.resolve();
  parentPort?.on('message', (request: GpuRequest | null) => {
    last = last.then(async () => {
      if (request !== null) return serve(session, request);
      session.close();
      parentPort?.close();
      return undefined;
    });
  });
}

await run(workerData);
