import type uPlot from 'uplot';
import { drawChart } from './chart.js';
import { chartSpecs } from './chart-specs.js';
import { readPalette } from './palette.js';
import { RangeButtons } from './ranges.js';
import { instants, readPageData } from './report-data.js';

/** Width of a printed page's text, in CSS pixels, at which charts are redrawn for paper. */
const PRINT_WIDTH_PX = 680;

/** Draws the charts and keeps them right when width, colour scheme or medium change. */
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
