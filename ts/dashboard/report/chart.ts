import uPlot from 'uplot';
import { instant, percent } from './figures.js';
import { legendPlugin, type LegendEntry } from './legend.js';
import type { Palette } from './palette.js';
import { logRange, logSplits } from './scales.js';
import { TIME_LABELS } from './time-axis.js';
import { touchPlugin } from './touch.js';

/** Charts with this key move their cursors and their period together. */
const SYNC_KEY = 'holdfast-report';

const AXIS_FONT =
  '11px -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif';

/** The same on all charts, so that their time axes stand under one another. */
const VALUE_AXIS_PX = 58;
const VALUE_AXIS_NARROW_PX = 46;
const NARROW_PX = 560;

/**
 * Room for two lines, month over year, also while one is enough: the charts must not jump on
 * zooming.
 */
const TIME_AXIS_PX = 42;

export interface Curve {
  readonly label: string;
  readonly mark: string;
  readonly values: readonly (number | null)[];
  readonly color: string;
  readonly width: number;
  readonly fill?: string;
  readonly stepped?: boolean;
  readonly text: (value: number | null) => string;
}

export interface ChartSpec {
  readonly id: string;
  readonly heightPx: number;
  readonly unitS: number;
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly scale: 'log' | 'linear' | 'fraction' | 'drawdown';
  readonly axisText: (value: number) => string;
  readonly plugins: readonly uPlot.Plugin[];
}

/** Draws a chart into its figure; nothing when the page has no such figure. */
export function drawChart(spec: ChartSpec, palette: Palette): uPlot | null {
  const figure = document.querySelector(`[data-chart="${spec.id}"]`);
  const host = figure?.querySelector<HTMLElement>('.plot');
  if (!figure || !host) return null;
  host.replaceChildren();
  // Curves are drawn from the back to the front, so the legend names them the other way round.
  const legend: LegendEntry[] = [...spec.curves].reverse().map((curve) => ({
    label: curve.label,
    mark: curve.mark,
    text: (index) => curve.text(curve.values[index] ?? null),
  }));
  const dateOf = (index: number): string => instant(spec.times[index] ?? 0, spec.unitS);
  const data = [spec.times, ...spec.curves.map((curve) => curve.values)];
  return new uPlot(
    {
      width: host.clientWidth,
      height: spec.heightPx,
      tzDate: (timeS) => uPlot.tzDate(new Date(timeS * 1_000), 'Etc/UTC'),
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: cursorOptions(palette),
      scales: { x: { time: true }, y: valueScale(spec.scale) },
      axes: axes(spec, palette, host.clientWidth < NARROW_PX),
      series: [{}, ...spec.curves.map((curve) => series(curve, spec.scale))],
      plugins: [
        legendPlugin(figure.querySelector('.legend'), legend, dateOf),
        touchPlugin(),
        ...spec.plugins,
      ],
    },
    data as uPlot.AlignedData,
    host,
  );
}

function cursorOptions(palette: Palette): uPlot.Cursor {
  return {
    y: false,
    drag: { x: true, y: false, setScale: true },
    sync: { key: SYNC_KEY, setSeries: false, scales: ['x', null] },
    points: { size: 6, width: 1.5, fill: palette.surface },
  };
}

function valueScale(scale: ChartSpec['scale']): uPlot.Scale {
  if (scale === 'log') return { distr: 3, range: logRange };
  if (scale === 'fraction') {
    return { range: (_, __, high) => [0, Math.max(high ?? 0, 0.01) * 1.08] };
  }
  if (scale === 'drawdown') {
    return { range: (_, low) => [Math.min(low ?? 0, -0.01) * 1.06, 0] };
  }
  return {};
}

function axes(spec: ChartSpec, palette: Palette, narrow: boolean): uPlot.Axis[] {
  const line = { stroke: palette.grid, width: 1 };
  return [
    {
      stroke: palette.muted,
      font: AXIS_FONT,
      grid: { show: false },
      ticks: { ...line, size: 4 },
      border: { show: true, ...line },
      space: narrow ? 60 : 80,
      size: TIME_AXIS_PX,
      values: TIME_LABELS,
      gap: 4,
    },
    {
      stroke: palette.muted,
      font: AXIS_FONT,
      grid: line,
      ticks: { show: false },
      size: narrow ? VALUE_AXIS_NARROW_PX : VALUE_AXIS_PX,
      gap: 8,
      space: 34,
      values: (_, ticks) => ticks.map(spec.axisText),
      ...(spec.scale === 'log' ? { splits: logSplits, filter: everyTick } : {}),
    },
  ];
}

/**
 * Keeps the labels of all ticks of a log axis, where the library would keep those of round decades.
 */
function everyTick(_: uPlot, ticks: number[]): number[] {
  return ticks;
}

function series(curve: Curve, scale: ChartSpec['scale']): uPlot.Series {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    stroke: curve.color,
    width: curve.width,
    points: { show: false },
    ...(curve.fill === undefined ? {} : { fill: curve.fill, fillTo: 0 }),
    ...(curve.stepped && stepped ? { paths: stepped } : {}),
    ...(scale === 'drawdown' ? { fillTo: 0 } : {}),
  };
}

/** Text of a fraction on an axis: whole percents where the steps are whole. */
export function fractionAxis(value: number): string {
  const tenths = Math.round(value * 1_000);
  return percent(value, tenths % 10 === 0 ? 0 : 1);
}
