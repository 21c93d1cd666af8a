import type { PageData } from '../../src/engine/report/page-contract.js';
import { fractionAxis, type ChartSpec, type Curve } from './chart.js';
import { fillMarksPlugin } from './fill-marks.js';
import { decimalsOf, grouped, percent, short } from './figures.js';
import type { Palette } from './palette.js';
import { fractions, instants } from './report-data.js';
import { joinedShades, shadingPlugin } from './shading.js';

const EQUITY_HEIGHT_PX = 340;
const SMALL_HEIGHT_PX = 190;
const PRICE_HEIGHT_PX = 340;

/** What two curves of a chart have in common with those of the others: name, mark and colour. */
interface CurveStyles {
  readonly strategy: Pick<Curve, 'label' | 'mark' | 'color' | 'width'>;
  readonly benchmark: Pick<Curve, 'label' | 'mark' | 'color' | 'width'>;
}

type TimeFrame = Pick<ChartSpec, 'times' | 'unitS'>;

/** Returns every chart of the page, the equity chart first. */
export function chartSpecs(data: PageData, palette: Palette): readonly ChartSpec[] {
  const styles: CurveStyles = {
    strategy: { label: 'Strategy', mark: 'mark-strategy', color: palette.strategy, width: 1.6 },
    benchmark: {
      label: 'Buy and hold',
      mark: 'mark-benchmark',
      color: palette.benchmark,
      width: 1.2,
    },
  };
  const frame: TimeFrame = { times: instants(data.curve.times), unitS: data.curve.times.unitS };
  return [
    equitySpec(data, frame, styles, palette),
    drawdownSpec(data, frame, styles, palette),
    volatilitySpec(data, styles),
    exposureSpec(data, frame, styles, palette),
    ...priceSpecs(data, frame, palette),
  ];
}

function equitySpec(
  data: PageData,
  frame: TimeFrame,
  styles: CurveStyles,
  palette: Palette,
): ChartSpec {
  const text = (value: number | null): string => grouped(value);
  return {
    ...frame,
    id: 'equity',
    heightPx: EQUITY_HEIGHT_PX,
    scale: data.positive ? 'log' : 'linear',
    axisText: short,
    plugins: [crisisShading(data, palette)],
    curves: [
      { ...styles.benchmark, values: data.curve.benchmark, text },
      { ...styles.strategy, values: data.curve.equity, text },
    ],
  };
}

function drawdownSpec(
  data: PageData,
  frame: TimeFrame,
  styles: CurveStyles,
  palette: Palette,
): ChartSpec {
  return {
    ...frame,
    id: 'drawdown',
    heightPx: SMALL_HEIGHT_PX,
    scale: 'drawdown',
    axisText: fractionAxis,
    plugins: [crisisShading(data, palette)],
    curves: [
      { ...styles.benchmark, values: negated(data.curve.benchmarkDrawdown), text: percent },
      {
        ...styles.strategy,
        values: negated(data.curve.drawdown),
        fill: palette.strategyFill,
        text: percent,
      },
    ],
  };
}

function volatilitySpec(data: PageData, styles: CurveStyles): ChartSpec {
  const { rolling } = data;
  return {
    times: instants(rolling.times),
    unitS: rolling.times.unitS,
    id: 'volatility',
    heightPx: SMALL_HEIGHT_PX,
    scale: 'fraction',
    axisText: fractionAxis,
    plugins: [],
    curves: [
      { ...styles.benchmark, values: fractions(rolling.benchmarkVolatility), text: percent },
      { ...styles.strategy, values: fractions(rolling.volatility), text: percent },
    ],
  };
}

function exposureSpec(
  data: PageData,
  frame: TimeFrame,
  styles: CurveStyles,
  palette: Palette,
): ChartSpec {
  return {
    ...frame,
    id: 'exposure',
    heightPx: SMALL_HEIGHT_PX,
    scale: 'fraction',
    axisText: fractionAxis,
    plugins: [],
    curves: [
      {
        ...styles.strategy,
        width: 1,
        values: fractions(data.curve.exposure),
        fill: palette.strategyFill,
        text: percent,
      },
    ],
  };
}

function priceSpecs(data: PageData, frame: TimeFrame, palette: Palette): readonly ChartSpec[] {
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
      ...frame,
      id: `price-${index}`,
      heightPx: PRICE_HEIGHT_PX,
      scale: price.closes.every((value) => value === null || value > 0) ? 'log' : 'linear',
      axisText: (value) => grouped(value, Math.min(price.decimals, decimalsOf(value))),
      plugins: [held, fillMarksPlugin(price, palette)],
      curves: [close],
    };
  });
}

function crisisShading(data: PageData, palette: Palette): ReturnType<typeof shadingPlugin> {
  const shades = data.windows.map((window) => ({ ...window, color: palette.crisis }));
  return shadingPlugin(joinedShades(shades));
}

/** Drawdowns are positive everywhere but on the chart, where they hang from zero. */
function negated(values: readonly number[]): readonly (number | null)[] {
  return fractions(values).map((value) => (value === null ? null : -value));
}
