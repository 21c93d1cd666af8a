//! What taking an object from a pool and giving it back costs, beside a pool behind a lock and beside the allocator, printed as
//! JSON: `cargo run --release -p holdfast-core --example pool_rate`.

use holdfast_core::pool::Pool;
use std::hint::black_box;
use std::io::Write;
use std::sync::Mutex;
use std::time::Instant;

/// Bytes of an object: those of an order with its fills.
const OBJECT_BYTES: usize = 512;
const ROUNDS: usize = 31;
const CALLS: usize = 100_000;
const THREADS: usize = 2;

type Object = Box<[u8; OBJECT_BYTES]>;

fn make() -> Object {
    Box::new([0; OBJECT_BYTES])
}

/// Returns the median, and the 99th percentile of the rounds, in nanoseconds a pair of calls.
fn timed(mut pair: impl FnMut()) -> (f64, f64) {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..CALLS).for_each(|_| pair());
            start.elapsed().as_nanos() as f64 / CALLS as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    (rounds[ROUNDS / 2], rounds[ROUNDS * 99 / 100])
}

/// Returns pairs of calls a second of all threads together.
fn shared_rate(pair: impl Fn() + Sync) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..ROUNDS * CALLS).for_each(|_| pair()));
        }
    });
    (THREADS * ROUNDS * CALLS) as f64 / start.elapsed().as_secs_f64()
}

fn main() -> std::io::Result<()> {
    let pool = Pool::new(10_000, make);
    let locked: Mutex<Vec<Object>> = Mutex::default();
    let pooled = || pool.release(black_box(pool.acquire()));
    let behind_lock = || {
        let taken = locked.lock().ok().and_then(|mut free| free.pop());
        let object = black_box(taken.unwrap_or_else(make));
        if let Ok(mut free) = locked.lock() {
            free.push(object);
        }
    };
    let (pool_ns, pool_p99) = timed(pooled);
    let (locked_ns, locked_p99) = timed(behind_lock);
    let (alloc_ns, alloc_p99) = timed(|| drop(black_box(make())));
    let line = format!(
        "{{\"pair_ns\":{{\"pool\":{{\"median\":{pool_ns:.1},\"p99\":{pool_p99:.1}}},\
         \"locked\":{{\"median\":{locked_ns:.1},\"p99\":{locked_p99:.1}}},\
         \"allocator\":{{\"median\":{alloc_ns:.1},\"p99\":{alloc_p99:.1}}}}},\
         \"threads\":{THREADS},\"pairs_per_second\":{{\"pool\":{:.0},\"locked\":{:.0}}}}}\n",
        shared_rate(pooled),
        shared_rate(behind_lock),
    );
    std::io::stdout().write_all(line.as_bytes())
}
