import type uPlot from 'uplot';

/** A stretch of time with its colour. */
export interface Shade {
  readonly fromS: number;
  readonly toS: number;
  readonly color: string;
}

/** Joins stretches that overlap, so that no part of one is shaded twice. */
export function joinedShades(shades: readonly Shade[]): readonly Shade[] {
  const joined: Shade[] = [];
  for (const shade of [...shades].sort((left, right) => left.fromS - right.fromS)) {
    const last = joined[joined.length - 1];
    if (last !== undefined && last.color === shade.color && shade.fromS <= last.toS) {
      joined[joined.length - 1] = { ...last, toS: Math.max(last.toS, shade.toS) };
    } else {
      joined.push(shade);
    }
  }
  return joined;
}

/** Shades stretches of time behind the curves, each at least one pixel wide. */
export function shadingPlugin(shades: readonly Shade[]): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (chart) => {
        const { ctx, bbox } = chart;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
        ctx.clip();
        for (const shade of shades) {
          const from = chart.valToPos(shade.fromS, 'x', true);
          const to = Math.max(from + 1, chart.valToPos(shade.toS, 'x', true));
          if (to < bbox.left || from > bbox.left + bbox.width) continue;
          ctx.fillStyle = shade.color;
          ctx.fillRect(from, bbox.top, to - from, bbox.height);
        }
        ctx.restore();
      },
    },
  };
}
