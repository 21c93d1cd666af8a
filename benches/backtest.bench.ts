import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { buildSync } from 'esbuild';
import { DataFrame } from 'data-forge';
import { Action, applyActions, sma } from 'indicatorts';
import type * as grademark from 'grademark';
import { randomWalkBars } from 'holdfast/testing';

import { measureCase } from './measure.js';
import { FAST, runSmaCross, SLOW } from './sma-cross.js';
import { isStartedDirectly, printSuite, type Suite, type SuiteRow } from './suite.js';

/** grademark is CommonJS without named exports that Node.js can see. */
const { backtest } = createRequire(import.meta.url)('grademark') as typeof grademark;

const BARS = 1_000_000;
/** grademark makes an object a bar and a frame a trade; a tenth of the bars keeps a sample under some seconds. */
const GRADEMARK_BARS = 100_000;
const SAMPLES = 7;
const MEMORY_MARGIN_MB = 1e6;

const chunks = [...randomWalkBars({ seed: 1, bars: BARS })];
const closes = Float64Array.from(
  chunks.flatMap((chunk) => [...chunk.closeTicks].map((tick) => Number(tick) / 100)),
);

async function nsPerBar(bars: number, run: () => unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / bars;
}

/** Two running averages and a position over an array: no orders, no fees, no limits, no record. */
function handWritten(): number {
  let [fast, slow, cash, held] = [0, 0, 100_000, 0];
  for (let bar = 0; bar < closes.length; bar += 1) {
    const close = closes[bar] as number;
    fast += close - (bar >= FAST ? (closes[bar - FAST] as number) : 0);
    slow += close - (bar >= SLOW ? (closes[bar - SLOW] as number) : 0);
    if (bar < SLOW) continue;
    const above = fast / FAST > slow / SLOW;
    if (above && held === 0) {
      held = 10;
      cash -= 10 * close;
    } else if (!above && held > 0) {
      cash += held * close;
      held = 0;
    }
  }
  return cash;
}

function withIndicatorts(values: number[]): number {
  const [fast, slow] = [sma(values, { period: FAST }), sma(values, { period: SLOW })];
  const actions = values.map((_, bar) =>
    (fast[bar] ?? 0) > (slow[bar] ?? 0) ? Action.BUY : Action.SELL,
  );
  return applyActions(values, actions).at(-1) ?? 0;
}

interface AverageBar extends grademark.IBar {
  readonly fast: number;
  readonly slow: number;
}

function grademarkFrame(values: number[]): DataFrame<number, AverageBar> {
  const [fast, slow] = [sma(values, { period: FAST }), sma(values, { period: SLOW })];
  const bars = values.map((close, bar) => ({
    time: new Date(bar * 60_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
    fast: fast[bar] ?? close,
    slow: slow[bar] ?? close,
  }));
  return new DataFrame<number, AverageBar>(bars);
}

function withGrademark(frame: DataFrame<number, AverageBar>): number {
  return backtest(
    {
      entryRule: (enter, { bar }) => {
        if (bar.fast > bar.slow) enter();
      },
      exitRule: (exit, { bar }) => {
        if (bar.fast <= bar.slow) exit();
      },
    },
    frame,
  ).length;
}

/** Bars a second of one strategy, SMA(10) over SMA(30), as nanoseconds a bar. Each subject does what its name says. */
async function speedRows(): Promise<readonly SuiteRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const plain = [...closes];
  const frame = grademarkFrame(plain.slice(0, GRADEMARK_BARS));
  try {
    return await measureCase({
      case: 'SMA(10)/SMA(30) cross',
      unit: 'ns/bar',
      samples: SAMPLES,
      warmUps: 2,
      references: ['indicatorts (gains only)'],
      subjects: [
        {
          name: 'Holdfast (gate, fees, equity, journal)',
          run: () => nsPerBar(BARS, () => runSmaCross(chunks, join(folder, 'run'))),
        },
        {
          name: 'Holdfast (gate, fees, equity)',
          run: () => nsPerBar(BARS, () => runSmaCross(chunks)),
        },
        {
          name: 'grademark (trades, averages made before)',
          run: () => nsPerBar(GRADEMARK_BARS, () => withGrademark(frame)),
        },
        {
          name: 'indicatorts (gains only)',
          run: () => nsPerBar(BARS, () => withIndicatorts(plain)),
        },
        { name: 'plain JavaScript loop (cash only)', run: () => nsPerBar(BARS, handWritten) },
      ],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The run as plain JavaScript: what reads TypeScript takes memory of its own. It stands where the package is found. */
function memoryProgram(): string {
  const outfile = resolve('build', 'memory-run.mjs');
  const entry = new URL('./memory-run.ts', import.meta.url).pathname;
  const form = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  buildSync({ ...form, entryPoints: [entry], outfile });
  return outfile;
}

/** Largest resident memory of a run over streamed bars, in a process of its own. */
function peakMemoryMb(program: string, bars: number): number {
  const child = spawnSync(process.execPath, [program, String(bars)], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`memory run failed: ${child.stderr}`);
  return Number(child.stdout) / MEMORY_MARGIN_MB;
}

async function memoryRows(): Promise<readonly SuiteRow[]> {
  const program = memoryProgram();
  return await measureCase({
    case: 'peak memory with journal, bars streamed',
    unit: 'MB',
    samples: 3,
    warmUps: 0,
    references: ['Holdfast, 1 M bars'],
    subjects: [
      { name: 'Holdfast, 1 M bars', run: () => peakMemoryMb(program, 1_000_000) },
      { name: 'Holdfast, 10 M bars', run: () => peakMemoryMb(program, 10_000_000) },
    ],
  });
}

export async function backtestSuite(): Promise<Suite> {
  return { suite: 'backtest', rows: [...(await speedRows()), ...(await memoryRows())] };
}

if (isStartedDirectly(import.meta.url)) printSuite(await backtestSuite());
