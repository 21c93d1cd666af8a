import type uPlot from 'uplot';

/** One entry of a legend: its mark's class and the text of a point. */
export interface LegendEntry {
  readonly label: string;
  readonly mark: string;
  readonly text: (index: number) => string;
}

/**
 * Keeps a chart's legend at the point under the cursor, or at the last point while there is none.
 * The values have a fixed width, so that the line does not jump as the cursor moves.
 */
export function legendPlugin(
  host: Element | null,
  entries: readonly LegendEntry[],
  dateOf: (index: number) => string,
): uPlot.Plugin {
  const date = span('legend-date');
  const values = entries.map((entry) => {
    const value = document.createElement('b');
    value.style.minWidth = `${entry.text(0).length}ch`;
    return value;
  });
  const show = (chart: uPlot): void => {
    const index = chart.cursor.idx ?? chart.data[0].length - 1;
    date.textContent = dateOf(index);
    entries.forEach((entry, position) => {
      const value = values[position];
      if (value !== undefined) value.textContent = entry.text(index);
    });
  };
  host?.replaceChildren(
    date,
    ...entries.map((entry, position) => {
      const item = span('legend-entry');
      item.append(span(`mark ${entry.mark}`), entry.label, ' ', values[position] ?? '');
      return item;
    }),
  );
  return { hooks: { ready: show, setCursor: show, setData: show } };
}

function span(className: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = className;
  return element;
}
