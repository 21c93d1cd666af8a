import type uPlot from 'uplot';
import type { PageData } from '../../src/engine/report/page-contract.js';
import { drawChart, fractionAxis, type ChartSpec, type Curve } from './chart.js';
import { fillMarksPlugin } from './fill-marks.js';
import { decimalsOf, grouped, percent, short } from './figures.js';
import { readPalette, type Palette } from './palette.js';
import { RangeButtons } from './ranges.js';
import { fractions, instants, readPageData } from './report-data.js';
import { joinedShades, shadingPlugin } from './shading.js';

const EQUITY_HEIGHT_PX = 340;
const SMALL_HEIGHT_PX = 190;
const PRICE_HEIGHT_PX = 340;

/** Width of a printed page's text, in CSS pixels, at which charts are redrawn for paper. */
const PRINT_WIDTH_PX = 680;

function chartSpecs(data: PageData, palette: Palette): ChartSpec[] {
  const crises = shadingPlugin(
    joinedShades(data.windows.map((window) => ({ ...window, color: palette.crisis }))),
  );
  const strategy = {
    label: 'Strategy',
    mark: 'mark-strategy',
    color: palette.strategy,
    width: 1.6,
  };
  const benchmark = {
    label: 'Buy and hold',
    mark: 'mark-benchmark',
    color: palette.benchmark,
    width: 1.2,
  };
  const curve = { times: instants(data.curve.times), unitS: data.curve.times.unitS };
  const rolling = { times: instants(data.rolling.times), unitS: data.rolling.times.unitS };
  const money = (value: number | null): string => grouped(value);
  const below = (values: readonly (number | null)[]): (number | null)[] =>
    fractions(values).map((value) => (value === null ? null : -value));
  return [
    {
      ...curve,
      id: 'equity',
      heightPx: EQUITY_HEIGHT_PX,
      scale: data.positive ? 'log' : 'linear',
      axisText: short,
      plugins: [crises],
      curves: [
        { ...benchmark, values: data.curve.benchmark, text: money },
        { ...strategy, values: data.curve.equity, text: money },
      ],
    },
    {
      ...curve,
      id: 'drawdown',
      heightPx: SMALL_HEIGHT_PX,
      scale: 'drawdown',
      axisText: fractionAxis,
      plugins: [crises],
      curves: [
        { ...benchmark, values: below(data.curve.benchmarkDrawdown), text: percent },
        {
          ...strategy,
          values: below(data.curve.drawdown),
          fill: palette.strategyFill,
          text: percent,
        },
      ],
    },
    {
      ...rolling,
      id: 'volatility',
      heightPx: SMALL_HEIGHT_PX,
      scale: 'fraction',
      axisText: fractionAxis,
      plugins: [],
      curves: [
        { ...benchmark, values: fractions(data.rolling.benchmarkVolatility), text: percent },
        { ...strategy, values: fractions(data.rolling.volatility), text: percent },
      ],
    },
    {
      ...curve,
      id: 'exposure',
      heightPx: SMALL_HEIGHT_PX,
      scale: 'fraction',
      axisText: fractionAxis,
      plugins: [],
      curves: [
        {
          ...strategy,
          width: 1,
          values: fractions(data.curve.exposure),
          fill: palette.strategyFill,
          text: percent,
        },
      ],
    },
    ...priceSpecs(data, palette, curve),
  ];
}

function priceSpecs(
  data: PageData,
  palette: Palette,
  curve: { readonly times: number[]; readonly unitS: number },
): ChartSpec[] {
  return data.prices.map((price, index) => {
    const held = shadingPlugin(
      price.trips.map(([fromS, toS, direction]) => ({
        fromS,
        toS,
        color: direction > 0 ? palette.longSpan : palette.shortSpan,
      })),
    );
    const close: Curve = {
      label: 'Close',
      mark: 'mark-price',
      values: price.closes,
      color: palette.ink,
      width: 1,
      text: (value) => grouped(value, price.decimals),
    };
    return {
      ...curve,
      id: `price-${index}`,
      heightPx: PRICE_HEIGHT_PX,
      scale: price.closes.every((value) => value === null || value > 0) ? 'log' : 'linear',
      axisText: (value) => grouped(value, Math.min(price.decimals, decimalsOf(value))),
      plugins: [held, fillMarksPlugin(price, palette)],
      curves: [close],
    };
  });
}

/** Draws every chart and keeps them right when the width, the colour scheme or the medium changes. */
class ReportCharts {
  readonly #data = readPageData();
  readonly #ranges: RangeButtons;
  #charts: uPlot[] = [];

  constructor() {
    const times = instants(this.#data.curve.times);
    this.#ranges = new RangeButtons(document.getElementById('ranges'), times, (range) => {
      for (const chart of this.#charts) chart.setScale('x', range);
    });
    this.draw();
  }

  /** Draws anew with the colours in force, over the same period as before. */
  draw(): void {
    const { min, max } = this.#charts[0]?.scales['x'] ?? {};
    for (const chart of this.#charts) chart.destroy();
    const palette = readPalette();
    const [first, ...others] = chartSpecs(this.#data, palette);
    if (first === undefined) return;
    const specs = [{ ...first, plugins: [...first.plugins, this.#reflectPlugin()] }, ...others];
    this.#charts = specs.flatMap((spec) => drawChart(spec, palette) ?? []);
    if (min === undefined || max === undefined) return;
    for (const chart of this.#charts) chart.setScale('x', { min, max });
  }

  resize(widthPx?: number): void {
    for (const chart of this.#charts) {
      const width = widthPx ?? chart.root.parentElement?.clientWidth ?? chart.width;
      chart.setSize({ width, height: chart.height });
    }
  }

  /** All charts zoom together, so that the first one knows the period of all. */
  #reflectPlugin(): uPlot.Plugin {
    const reflect = (chart: uPlot): void => {
      const { min, max } = chart.scales['x'] ?? {};
      if (min !== undefined && max !== undefined) this.#ranges.reflect({ min, max });
    };
    return { hooks: { ready: reflect, setScale: reflect } };
  }
}

function mount(): void {
  const charts = new ReportCharts();
  addEventListener('resize', () => charts.resize());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => charts.draw());
  addEventListener('beforeprint', () => {
    document.documentElement.dataset['scheme'] = 'light';
    charts.draw();
    charts.resize(PRINT_WIDTH_PX);
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset['scheme'];
    charts.draw();
  });
}

mount();
