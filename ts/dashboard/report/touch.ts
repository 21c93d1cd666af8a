import type uPlot from 'uplot';

/**
 * Moves the cursor with a finger: sideways over the chart, while up and down still scroll the page.
 */
export function touchPlugin(): uPlot.Plugin {
  return {
    hooks: {
      ready: (chart) => {
        const follow = (event: PointerEvent): void => {
          if (event.pointerType === 'mouse') return;
          const area = chart.over.getBoundingClientRect();
          chart.setCursor({ left: event.clientX - area.left, top: event.clientY - area.top });
        };
        chart.over.style.touchAction = 'pan-y';
        chart.over.addEventListener('pointerdown', follow);
        chart.over.addEventListener('pointermove', follow);
      },
    },
  };
}
