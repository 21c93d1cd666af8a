const DAY_S = 86_400;
const YEAR_S = 365.25 * DAY_S;

/** Periods to choose from, longest first. */
const RANGES: readonly { readonly label: string; readonly seconds: number }[] = [
  { label: '10 years', seconds: 10 * YEAR_S },
  { label: '5 years', seconds: 5 * YEAR_S },
  { label: '1 year', seconds: YEAR_S },
  { label: '3 months', seconds: YEAR_S / 4 },
];

/** At most this many buttons beside the one for everything. */
const RANGES_SHOWN_MAX = 3;

export interface TimeRange {
  readonly min: number;
  readonly max: number;
}

/** The buttons that set the period of all charts. */
export class RangeButtons {
  readonly #choices: readonly { readonly button: HTMLButtonElement; readonly range: TimeRange }[];

  /** Periods not shorter than the data are left out; the group stays empty when none remains. */
  constructor(
    host: HTMLElement | null,
    times: readonly number[],
    show: (range: TimeRange) => void,
  ) {
    const first = times[0] ?? 0;
    const last = times[times.length - 1] ?? 0;
    const fitting = RANGES.filter((range) => range.seconds < last - first);
    const periods = fitting.slice(0, RANGES_SHOWN_MAX).map((range) => ({
      label: range.label,
      range: { min: last - range.seconds, max: last },
    }));
    const choices = [{ label: 'All', range: { min: first, max: last } }, ...periods];
    this.#choices = periods.length === 0 ? [] : choices.map((choice) => rangeButton(choice, show));
    host?.replaceChildren(...this.#choices.map((choice) => choice.button));
  }

  /** Marks the button of the period that the charts show, none after a zoom by hand. */
  reflect(shown: TimeRange): void {
    for (const { button, range } of this.#choices) {
      const same =
        Math.abs(range.min - shown.min) < DAY_S && Math.abs(range.max - shown.max) < DAY_S;
      button.setAttribute('aria-pressed', String(same));
    }
  }
}

function rangeButton(
  choice: { readonly label: string; readonly range: TimeRange },
  show: (range: TimeRange) => void,
): { readonly button: HTMLButtonElement; readonly range: TimeRange } {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = choice.label;
  button.addEventListener('click', () => show(choice.range));
  return { button, range: choice.range };
}
