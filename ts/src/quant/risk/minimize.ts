/** A point with its value. */
interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

/** The simplex has come to rest when its values differ by less than this share. */
const TOLERANCE = 1e-13;

/**
 * Finds a minimum without derivatives. It is restarted once from what it found, which frees a
 * simplex that had collapsed. Source: Nelder & Mead (1965), coefficients 1, 2, ½, ½.
 */
export function minimize(
  objective: (point: readonly number[]) => number,
  options: {
    readonly from: readonly number[];
    readonly step: number;
    readonly evaluationsMax: number;
  },
): Vertex {
  const first = descend(objective, options);
  return descend(objective, { ...options, from: first.point, step: options.step / 4 });
}

function descend(
  objective: (point: readonly number[]) => number,
  options: {
    readonly from: readonly number[];
    readonly step: number;
    readonly evaluationsMax: number;
  },
): Vertex {
  const { from, step, evaluationsMax } = options;
  let evaluations = 0;
  const vertex = (point: readonly number[]): Vertex => {
    evaluations += 1;
    return { point, value: objective(point) };
  };
  let simplex = [
    vertex(from),
    ...from.map((_, axis) => vertex(from.map((x, index) => (index === axis ? x + step : x)))),
  ];
  for (;;) {
    simplex = simplex.toSorted((left, right) => left.value - right.value);
    const best = simplex[0] ?? { point: from, value: Number.POSITIVE_INFINITY };
    const worst = simplex[simplex.length - 1] ?? best;
    const second = simplex[simplex.length - 2] ?? best;
    const spread = worst.value - best.value;
    if (spread <= TOLERANCE * Math.max(1, Math.abs(best.value)) || evaluations >= evaluationsMax) {
      return best;
    }
    const others = simplex.slice(0, -1);
    const centre = from.map(
      (_, axis) => others.reduce((sum, { point }) => sum + (point[axis] ?? 0), 0) / others.length,
    );
    const beyond = (factor: number): Vertex =>
      vertex(centre.map((x, axis) => x + factor * ((worst.point[axis] ?? 0) - x)));
    const reflected = beyond(-1);
    let next = reflected;
    if (reflected.value < best.value) {
      const expanded = beyond(-2);
      if (expanded.value < reflected.value) next = expanded;
    } else if (reflected.value >= second.value) {
      next = beyond(reflected.value < worst.value ? -0.5 : 0.5);
      if (next.value >= Math.min(reflected.value, worst.value)) {
        simplex = [
          best,
          ...simplex
            .slice(1)
            .map(({ point }) => vertex(point.map((x, axis) => ((best.point[axis] ?? 0) + x) / 2))),
        ];
        continue;
      }
    }
    simplex = [...others, next];
  }
}
