//! How fast orders are compared with their bounds in vectors of each width, printed as JSON:
//! `cargo run --release -p holdfast-batch --example compare_rate`.

use holdfast_batch::{Band, Bounds, Limit, NO_STOP, Orders, Width, compare_with};
use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

/// Orders of a call, calls of a sample, and samples after as many that are not counted.
const ORDERS: usize = 4_096;
const CALLS: usize = 64;
const SAMPLES: usize = 40;

const fn at_most(bound: i64, bit: u32) -> Limit {
    Limit { bound, bit: 1 << bit }
}

const fn within(low: i64, high: i64, bit: u32) -> Band {
    Band { low, high, bit: 1 << bit }
}

/// Every comparison, with bounds that about every fourth order breaks.
const BOUNDS: Bounds = Bounds {
    is_buy: true,
    lots_max: 1 << 30,
    ticks_max: 40_000,
    mark: 10_000,
    most: 150,
    least: -20,
    held: 100,
    reducible: 3,
    opening: 0,
    reducing: 0,
    largest: at_most(1_000, 5),
    lots_most: at_most(900, 2),
    lots_least: at_most(1, 4),
    value_most: [at_most(8_000_000, 3), at_most(9_000_000, 7)],
    value_least: at_most(10, 6),
    cost_most: at_most(9_500_000, 30),
    worst_most: at_most(1_100, 23),
    exposure_most: [
        at_most(9_000_000, 24),
        at_most(9_100_000, 10),
        at_most(9_200_000, 11),
        at_most(9_300_000, 29),
        at_most(9_400_000, 28),
        at_most(9_500_000, 26),
        at_most(9_600_000, 27),
    ],
    least_least: at_most(-1_000, 47),
    sided: [within(-90_000_000, 9_700_000, 25), within(-90_000_000, 90_000_000, 25)],
    prices: [within(9_000, 11_000, 8), within(8_000, 12_000, 9)],
    anchors: [10_000, 10_100],
    collars: [within(9_000, 11_000, 39), within(9_100, 11_100, 39)],
    collars_reducing: true,
    stop_bit: 1 << 16,
};

fn main() -> std::io::Result<()> {
    let lots: Vec<i64> = (0..ORDERS as i64).map(|order| 1 + order * 37 % 950).collect();
    let ticks: Vec<i64> = (0..ORDERS as i64).map(|order| 9_500 + order * 13 % 1_000).collect();
    let stops: Vec<i64> =
        (0..ORDERS).map(|at| if at % 64 == 0 { NO_STOP } else { 9_000 }).collect();
    let orders = Orders { lots: &lots, ticks: &ticks, stops: &stops };
    let mut failed = vec![0; ORDERS];
    let widths = Width::available();
    let mut samples = vec![Vec::new(); widths.len()];
    for round in 0..2 * SAMPLES {
        for (width, samples) in widths.iter().zip(&mut samples) {
            let start = Instant::now();
            for _ in 0..CALLS {
                compare_with(*width, black_box(&BOUNDS), &orders, black_box(&mut failed));
            }
            if round >= SAMPLES {
                samples.push(start.elapsed().as_nanos() as f64 / (ORDERS * CALLS) as f64);
            }
        }
    }
    let figure = |(width, samples): (&Width, &Vec<f64>)| {
        let each: Vec<String> = samples.iter().map(ToString::to_string).collect();
        format!("{{\"width\":\"{}\",\"ns_per_order\":[{}]}}", width.name(), each.join(","))
    };
    let figures: Vec<String> = widths.iter().zip(&samples).map(figure).collect();
    writeln!(std::io::stdout(), "{{\"widths\":[{}]}}", figures.join(","))
}
