/** The colours of the charts, as the style sheet has them for the scheme in force. */
export interface Palette {
  readonly strategy: string;
  readonly strategyFill: string;
  readonly benchmark: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly gain: string;
  readonly loss: string;
  readonly longSpan: string;
  readonly shortSpan: string;
  readonly crisis: string;
  readonly surface: string;
}

/** Reads the palette from the custom properties of the root element. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    strategy: color('strategy'),
    strategyFill: color('strategy-fill'),
    benchmark: color('benchmark'),
    ink: color('ink'),
    muted: color('muted'),
    grid: color('grid'),
    gain: color('gain'),
    loss: color('loss'),
    longSpan: color('long-span'),
    shortSpan: color('short-span'),
    crisis: color('crisis'),
    surface: color('surface'),
  };
}
