import { countText, dateText, fixedText } from '../../engine/report/figure-text.js';
import { markup, type Markup } from '../../engine/report/markup.js';
import { decimatedIndexes } from '../../engine/report/decimation.js';
import type { TailFigures, VarBacktestDay } from '../../quant/index.js';
import { levelText } from './risk-text.js';

const WIDTH = 1_000;
const HEIGHT = 260;
const BINS = 72;
/** Above the highest bin, for what is written there. */
const HEADROOM = 56;
/** Outcomes beyond are counted in the outer bins, so that one day does not flatten the rest. */
const OUTER_SHARE = 0.001;
const POINTS_MAX = 1_200;

interface Frame {
  readonly title: string;
  readonly subtitle: string | Markup;
  readonly label: string;
  readonly body: Markup;
  readonly overlay?: Markup;
  /** Money written left of the picture. */
  readonly scale?: Markup;
  readonly ticks: readonly string[];
}

/** Histogram of profits with VaR and CVaR marked. */
export function distributionChart(profits: readonly number[], tail: TailFigures): Markup {
  const sorted = profits.toSorted((left, right) => left - right);
  const place = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const low = Math.min(place(OUTER_SHARE), -tail.cvar * 1.05);
  const high = place(1 - OUTER_SHARE);
  const width = (high - low) / BINS || 1;
  const counts = Array.from({ length: BINS }, () => 0);
  for (const profit of profits) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((profit - low) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  const x = (profit: number): number => ((profit - low) / (high - low || 1)) * WIDTH;
  const isCut = [(sorted[0] ?? low) < low, (sorted.at(-1) ?? high) > high];
  const span = (bin: number): string => {
    const [from, to] = [moneyText(low + bin * width), moneyText(low + (bin + 1) * width)];
    if (bin === 0 && isCut[0]) return `${to} or less`;
    return bin === BINS - 1 && isCut[1] ? `${from} or more` : `${from} to ${to}`;
  };
  const bins = counts.map((count, bin) => {
    const height = (count / most) * (HEIGHT - HEADROOM);
    const from = low + bin * width;
    const kind = from + width / 2 < -tail.var ? 'bin-tail' : 'bin';
    return markup`<rect class="${kind}" x="${shown(x(from) + 1)}" y="${shown(HEIGHT - height)}" width="${shown(WIDTH / BINS - 2)}" height="${shown(height)}"><title>${span(bin)}: ${countText(count)}</title></rect>`;
  });
  const marks = [
    { text: `${levelText('VaR', tail.level)} ${moneyText(tail.var)}`, at: x(-tail.var), row: 1 },
    { text: `${levelText('CVaR', tail.level)} ${moneyText(tail.cvar)}`, at: x(-tail.cvar), row: 0 },
  ];
  const lines = marks.map(
    ({ at, row }) =>
      markup`<line class="mark-line" x1="${shown(at)}" x2="${shown(at)}" y1="${row * 24 + 8}" y2="${HEIGHT}"/>`,
  );
  const callouts = marks.map(
    ({ text, at, row }) =>
      markup`<span class="callout" style="left: ${shown(at / 10)}%; top: ${row * 24}px">${text}</span>`,
  );
  return chart({
    title: 'Profits of today’s positions',
    subtitle: 'over each past period; red lies beyond the VaR of that history',
    label: `Histogram of ${profits.length} profits, VaR ${fixedText(tail.var)}, CVaR ${fixedText(tail.cvar)}.`,
    body: markup`${bins}${lines}`,
    overlay: markup`${callouts}`,
    ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const text = moneyText(low + share * (high - low));
      if (share === 0 && isCut[0]) return `≤ ${text}`;
      return share === 1 && isCut[1] ? `≥ ${text}` : text;
    }),
  });
}

/** Profits under the bound that VaR drew, exceptions marked. */
export function backtestChart(days: readonly VarBacktestDay[], tsMs: readonly number[]): Markup {
  const chosen = new Set(
    decimatedIndexes([days.map(({ profit }) => profit), days.map((day) => -day.var)], POINTS_MAX),
  );
  days.forEach(({ isException }, index) => {
    if (isException) chosen.add(index);
  });
  const indexes = [...chosen].toSorted((left, right) => left - right);
  const values = days.flatMap((day) => [day.profit, -day.var]);
  const low = Math.min(...extremes(values));
  const high = Math.max(...extremes(values));
  const x = (index: number): number => (index / Math.max(1, days.length - 1)) * WIDTH;
  const y = (profit: number): number => ((high - profit) / (high - low || 1)) * HEIGHT;
  const line = (value: (day: VarBacktestDay) => number): string =>
    indexes
      .map((index, place) => {
        const day = days[index];
        return day === undefined
          ? ''
          : `${place === 0 ? 'M' : 'L'}${shown(x(index))} ${shown(y(value(day)))}`;
      })
      .join('');
  const exceptions = days.flatMap((day, index) =>
    day.isException
      ? [
          markup`<line class="exception" x1="${shown(x(index))}" x2="${shown(x(index))}" y1="${shown(y(-day.var))}" y2="${shown(y(day.profit))}"><title>${dateText(tsMs[day.index] ?? null)}: ${fixedText(day.profit)}, VaR ${fixedText(day.var)}</title></line><line class="exception" x1="${shown(x(index))}" x2="${shown(x(index))}" y1="${HEIGHT - 9}" y2="${HEIGHT}"/>`,
        ]
      : [],
  );
  // What no curve says: how much money the edges and the middle are.
  const scale = [high, 0, low].map(
    (profit) =>
      markup`<span class="scale" style="top: ${shown((100 * y(profit)) / HEIGHT)}%">${profit === 0 ? '0' : moneyText(profit)}</span>`,
  );
  const first = tsMs[days[0]?.index ?? 0] ?? null;
  const middle = tsMs[days[Math.floor(days.length / 2)]?.index ?? 0] ?? null;
  const last = tsMs[days[days.length - 1]?.index ?? 0] ?? null;
  return chart({
    title: 'Profits against VaR',
    subtitle: markup`<span class="key" style="--key: var(--strategy)">profit</span><span class="key" style="--key: var(--benchmark)">−VaR</span><span class="key" style="--key: var(--loss)">exception</span>`,
    label: `${days.length} periods, ${exceptions.length} of them below minus VaR; from ${moneyText(low)} to ${moneyText(high)}.`,
    body: markup`<line class="axis" x1="0" x2="${WIDTH}" y1="${shown(y(0))}" y2="${shown(y(0))}"/><path class="profit" d="${line(({ profit }) => profit)}"/><path class="bound" d="${line((day) => -day.var)}"/>${exceptions}`,
    scale: markup`${scale}`,
    ticks: [dateText(first), dateText(middle), dateText(last)],
  });
}

/** A bar from zero to a value, on a scale that all bars of a table share. */
export function bar(value: number, scale: { readonly low: number; readonly high: number }): Markup {
  const span = scale.high - scale.low || 1;
  const percent = (amount: number): number => (100 * (amount - scale.low)) / span;
  const left = percent(Math.min(0, value));
  const width = (100 * Math.abs(value)) / span;
  const kind = value < 0 ? 'hedge' : 'risk';
  return markup`<td class="bar"><span class="track" style="--zero: ${shown(percent(0))}%" aria-hidden="true"><span class="${kind}" style="left: ${shown(left)}%; width: ${shown(width)}%"></span></span></td>`;
}

/** The scale of bars, zero included. */
export function barScale(values: readonly number[]): {
  readonly low: number;
  readonly high: number;
} {
  return { low: Math.min(0, ...values), high: Math.max(0, ...values) };
}

function chart(frame: Frame): Markup {
  const kind = frame.scale === undefined ? 'chart' : 'chart scaled';
  return markup`<figure class="${kind}">
<figcaption><span class="chart-title">${frame.title}</span> <span class="chart-subtitle">${frame.subtitle}</span></figcaption>
<div class="canvas" role="img" aria-label="${frame.label}"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${frame.body}</svg>${frame.overlay ?? markup``}${frame.scale ?? markup``}</div>
<div class="ticks" aria-hidden="true">${frame.ticks.map((tick) => markup`<span>${tick}</span>`)}</div>
</figure>`;
}

/** Least and most; a spread of a long array would overflow the stack. */
function extremes(values: readonly number[]): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Whole money where there is enough of it, as in the tables. */
export function moneyText(value: number | null): string {
  if (value === null) return '–';
  return fixedText(value, Math.abs(value) >= 100 ? 0 : 2);
}

/** Coordinates with as many decimals as a screen can show. */
function shown(value: number): number {
  return Number(value.toFixed(2));
}
