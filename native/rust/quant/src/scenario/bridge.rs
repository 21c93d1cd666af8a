//! The Brownian bridge: a path's end first, then its middle, then the middles of what is left, so that the first dimensions
//! of a low-discrepancy sequence decide most of a path (Moskowitz and Caflisch 1996; Glasserman 2003, section 3.1).

/// How one point follows from two known ones.
#[derive(Debug, Clone, Copy)]
struct Point {
    at: usize,
    left: Option<usize>,
    right: Option<usize>,
    left_weight: f64,
    right_weight: f64,
    deviation: f64,
}

/// The order of construction for a number of unit steps.
#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    points: Vec<Point>,
}

impl Bridge {
    pub(crate) fn new(steps: usize) -> Self {
        let end = steps as f64;
        let mut points = vec![Point {
            at: steps - 1,
            left: None,
            right: None,
            left_weight: 0.0,
            right_weight: 0.0,
            deviation: end.sqrt(),
        }];
        // Gaps between known times, breadth first; time 0 is known to be 0.
        let mut gaps = std::collections::VecDeque::from([(0, steps)]);
        while let Some((left, right)) = gaps.pop_front() {
            if right - left < 2 {
                continue;
            }
            let middle = left.midpoint(right);
            let [from, at, to] = [left, middle, right].map(|time| time as f64);
            points.push(Point {
                at: middle - 1,
                left: left.checked_sub(1),
                right: Some(right - 1),
                left_weight: (to - at) / (to - from),
                right_weight: (at - from) / (to - from),
                deviation: ((to - at) * (at - from) / (to - from)).sqrt(),
            });
            gaps.extend([(left, middle), (middle, right)]);
        }
        Self { points }
    }

    /// Turns independent normals, the most important first, into the increments of one path. `stride` numbers lie between
    /// two of the path.
    pub(crate) fn increments(
        &self,
        normals: &mut [f64],
        offset: usize,
        stride: usize,
        path: &mut [f64],
    ) {
        for (index, point) in self.points.iter().enumerate() {
            let known = |place: Option<usize>| place.map_or(0.0, |place| path[place]);
            path[point.at] = point.left_weight * known(point.left)
                + point.right_weight * known(point.right)
                + point.deviation * normals[index * stride + offset];
        }
        let mut before = 0.0;
        for (step, at) in path.iter().enumerate() {
            normals[step * stride + offset] = at - before;
            before = *at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The map from normals to increments is orthogonal, which is all that independence of normals asks for.
    #[test]
    fn increments_are_an_orthogonal_image_of_the_normals() {
        for steps in [1, 2, 3, 7, 10, 64, 252] {
            let bridge = Bridge::new(steps);
            let columns: Vec<Vec<f64>> = (0..steps)
                .map(|unit| {
                    let mut normals: Vec<f64> =
                        (0..steps).map(|index| f64::from(u8::from(index == unit))).collect();
                    bridge.increments(&mut normals, 0, 1, &mut vec![0.0; steps]);
                    normals
                })
                .collect();
            for (index, one) in columns.iter().enumerate() {
                for (place, other) in columns.iter().enumerate() {
                    let dot: f64 = one.iter().zip(other).map(|(a, b)| a * b).sum();
                    let expected = f64::from(u8::from(index == place));
                    assert!((dot - expected).abs() < 1e-12, "{steps}: {index} {place} {dot}");
                }
            }
        }
    }
}
