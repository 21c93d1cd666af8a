import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

import { temporaryFolder, writeInto } from '../../support/temporary-folder.js';

const urlOf = (module: string) => JSON.stringify(pathToFileURL(resolve('dist', module)).href);

/** A module for any thread: a session that trades at every tenth bar, and says what came of it. */
const SESSION = `
import { Instrument, runBacktest, defineStrategy } from ${urlOf('index.js')};
import { randomWalkBars } from ${urlOf('testing/index.js')};

const none = 'unlimited';
const limits = {
  orderQtyMax: none, orderNotionalQuoteMax: none, positionFracMax: none, grossExposureFracMax: none,
  priceBandFracMax: none, ordersPerMinuteMax: none, dailyTradesMax: none, dailyLossFracMax: none,
  drawdownFracMax: none, stopLossRequired: false, priceAgeMsMax: none,
  positionQtyMax: none, positionNotionalQuoteMax: none,
};
const strategy = defineStrategy({
  name: 'tenth',
  state: () => ({ bar: 0 }),
  onBar(_, context) {
    context.state.bar += 1;
    if (context.state.bar % 10 !== 0) return;
    if (context.position().isFlat) context.buy(3);
    else context.closePosition();
  },
});

export async function session(seed, bars, onProgress) {
  const instruments = [Instrument.create({ symbol: 'X', tickSize: '0.01', lotSize: '1' })];
  const data = { instruments, chunks: randomWalkBars({ seed, bars }) };
  const { stateHash, finalEquity, fillCount } = await runBacktest({ strategy, data, limits, onProgress });
  return { stateHash, finalEquity, fillCount };
}
`;
const BARS = 5_000;
const MODULE = pathToFileURL(writeInto(temporaryFolder(), 'session.mjs', SESSION)).href;

interface Outcome {
  readonly stateHash: string;
  readonly finalEquity: string;
  readonly fillCount: number;
}

interface SessionModule {
  session(seed: number, bars: number): Promise<Outcome>;
}

function workerOf(program: string, seed: number): Worker {
  const code = `
    const { parentPort, workerData: seed } = require('node:worker_threads');
    const post = (message) => parentPort.postMessage(message);
    import(${JSON.stringify(MODULE)}).then(async ({ session }) => { ${program} });`;
  return new Worker(code, { eval: true, workerData: seed });
}

function firstMessage<Message>(worker: Worker): Promise<Message> {
  return new Promise((found, failed) => {
    worker.once('message', found);
    worker.once('error', failed);
    worker.once('exit', (status) => failed(new Error(`the worker ended with ${status}`)));
  });
}

const inWorker = (seed: number) =>
  firstMessage<Outcome>(workerOf(`post(await session(seed, ${BARS}));`, seed));

describe('the addons in worker threads', () => {
  it('keep their state per environment: sessions on several threads at once do not meet', async () => {
    const seeds = [1, 2, 3];
    const alone: Outcome[] = [];
    for (const seed of seeds) alone.push(await inWorker(seed));
    expect(new Set(alone.map((outcome) => outcome.stateHash)).size).toBe(seeds.length);
    expect(alone.every((outcome) => outcome.fillCount > 400)).toBe(true);
    expect(await Promise.all(seeds.map((seed) => inWorker(seed)))).toEqual(alone);
  });

  it('run beside a session of the main thread, to the same state', async () => {
    const { session } = (await import(/* @vite-ignore */ MODULE)) as SessionModule;
    const [there, here] = await Promise.all([inWorker(4), session(4, BARS)]);
    expect(here.fillCount).toBeGreaterThan(400);
    expect(here).toEqual(there);
  });

  it('let go of a thread that is ended in the middle of a session, and serve the next', async () => {
    const endless = 'await session(seed, 1_000_000_000, (progress) => post(progress.events));';
    for (const seed of [5, 6]) {
      const worker = workerOf(endless, seed);
      expect(await firstMessage<number>(worker)).toBeGreaterThan(0);
      await worker.terminate();
    }
    expect((await inWorker(7)).fillCount).toBeGreaterThan(400);
  });
});
