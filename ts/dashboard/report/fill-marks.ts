import type uPlot from 'uplot';
import type { PagePrice } from '../../src/engine/report/page-contract.js';
import type { Palette } from './palette.js';

/** Marks shrink when more of them share the width than this many pixels each. */
const CROWDED_PX = 9;

const MARK_PX = 4.5;
const MARK_CROWDED_PX = 3;
const MARK_GAP_PX = 3;

/**
 * Draws a triangle for each fill: pointing up below the price for a buy, down above it for a sell.
 */
export function fillMarksPlugin(price: PagePrice, palette: Palette): uPlot.Plugin {
  return {
    hooks: {
      draw: (chart) => {
        const { ctx, bbox } = chart;
        const { min = -Infinity, max = Infinity } = chart.scales['x'] ?? {};
        const visible = price.fills.filter(([timeS]) => timeS >= min && timeS <= max);
        const ratio = devicePixelRatio;
        const crowded = visible.length * CROWDED_PX * ratio > bbox.width;
        const size = (crowded ? MARK_CROWDED_PX : MARK_PX) * ratio;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
        ctx.clip();
        ctx.lineWidth = ratio;
        ctx.strokeStyle = palette.surface;
        for (const [timeS, px, direction] of visible) {
          const x = chart.valToPos(timeS, 'x', true);
          const tip = chart.valToPos(px, 'y', true) + direction * MARK_GAP_PX * ratio;
          const base = tip + direction * size * 1.7;
          ctx.fillStyle = direction > 0 ? palette.gain : palette.loss;
          ctx.beginPath();
          ctx.moveTo(x, tip);
          ctx.lineTo(x - size, base);
          ctx.lineTo(x + size, base);
          ctx.closePath();
          ctx.stroke();
          ctx.fill();
        }
        ctx.restore();
      },
    },
  };
}
