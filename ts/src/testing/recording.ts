import type { DataChunks, DataTicks } from '../engine/backtest-options.js';
import type { BarChunk } from '../engine/bar-chunk.js';
import type { Tick } from '../engine/event-source.js';

/** The market events of a session, of one kind: either list may be empty. */
export interface Recording extends DataChunks, DataTicks {
  readonly chunks: readonly BarChunk[];
  readonly ticks: readonly Tick[];
}

/** Keeps all events of a session's data. */
export function recordingOf(data: DataChunks | DataTicks): Recording {
  const { instruments } = data;
  if ('chunks' in data) return { instruments, chunks: [...data.chunks], ticks: [] };
  return { instruments, chunks: [], ticks: [...data.ticks] };
}

/** Makes the data of a session again. */
export function dataOf({ instruments, chunks, ticks }: Recording): DataChunks | DataTicks {
  return ticks.length > 0 ? { instruments, ticks } : { instruments, chunks };
}

/** When each event is seen, milliseconds since 1970. */
export function eventTimesMs({ chunks, ticks }: Recording): readonly number[] {
  const bars = chunks.flatMap((chunk) => [...chunk.tsCloseNs]);
  return [...bars, ...ticks.map((tick) => BigInt(tick.tsEventNs))].map((ns) =>
    Number(ns / 1_000_000n),
  );
}

/** Takes the first events; the columns of bars are views, so nothing is copied. */
export function firstEvents(recording: Recording, count: number): Recording {
  let left = count;
  const chunks = recording.chunks.flatMap((chunk) => {
    const bars = Math.min(left, chunk.tsOpenNs.length);
    left -= bars;
    return bars === 0 ? [] : [firstBars(chunk, bars)];
  });
  return { ...recording, chunks, ticks: recording.ticks.slice(0, count) };
}

function firstBars(chunk: BarChunk, bars: number): BarChunk {
  return {
    instrument: chunk.instrument,
    tsOpenNs: chunk.tsOpenNs.subarray(0, bars),
    tsCloseNs: chunk.tsCloseNs.subarray(0, bars),
    openTicks: chunk.openTicks.subarray(0, bars),
    highTicks: chunk.highTicks.subarray(0, bars),
    lowTicks: chunk.lowTicks.subarray(0, bars),
    closeTicks: chunk.closeTicks.subarray(0, bars),
    volumeLots: chunk.volumeLots.subarray(0, bars),
  };
}
