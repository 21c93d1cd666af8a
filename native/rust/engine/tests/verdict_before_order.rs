//! ARC-12: nothing is asked of a venue that puts an order or another form of one there, unless the journal holds the gate's
//! approval of it before. Only an order of a pair becomes smaller without one, by what its twin has filled.

mod desk;
mod random_run;

use holdfast_core::journal_record::RecordKind;
use holdfast_core::wire::Reader;
use holdfast_core::{ClientOrderId, Replacement, Result};
use holdfast_engine::{Command, Engine, Input};
use holdfast_risk::Verdict;
use proptest::prelude::*;
use random_run::{Act, Driven, Player, Stream, acts, rich_config};
use std::collections::BTreeSet;

struct Watched {
    engine: Engine,
    approved: BTreeSet<ClientOrderId>,
    /// Placements and amendments that were asked for.
    asked: usize,
    faults: Vec<String>,
}

impl Watched {
    /// Whether an order of a pair becomes smaller and stays as it is otherwise.
    fn gives_way(&self, to: &Replacement) -> bool {
        self.engine.order(to.client_order_id).is_some_and(|order| {
            let prices = (order.intent.limit_price, order.intent.trigger_price);
            let shrinks = to.quantity < order.quantity;
            order.pairing.is_some() && shrinks && (to.limit_price, to.trigger_price) == prices
        })
    }
}

impl Driven for Watched {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn take(&mut self, input: &Input<'_>) -> Result<()> {
        let (mut stream, mut commands) = (Stream::default(), Vec::new());
        let taken = self.engine.step(input, &mut stream, &mut commands);
        let mut now = BTreeSet::new();
        stream.each(|record, _| {
            if record.kind == RecordKind::Verdict {
                let verdict = Verdict::decode(&mut Reader::new(record.payload)).unwrap();
                if verdict.approved() {
                    now.insert(verdict.client_order_id);
                }
            }
        });
        self.approved.extend(&now);
        for command in &commands {
            let has_approval = match command {
                Command::Place(intent) => self.approved.contains(&intent.client_order_id),
                Command::Replace(to) => now.contains(&to.client_order_id) || self.gives_way(to),
                Command::Cancel(_) | Command::Query(_) => continue,
            };
            self.asked += 1;
            if !has_approval {
                self.faults.push(format!("{input:?} {command:?}"));
            }
        }
        taken.map(|_| ())
    }
}

fn played(hedging: bool, acts: &[Act]) -> Watched {
    let engine = Engine::new(&rich_config(hedging)).unwrap();
    let mut run = Watched { engine, approved: BTreeSet::new(), asked: 0, faults: Vec::new() };
    Player::default().play(&mut run, acts);
    run
}

#[test]
fn many_orders_of_a_run_reach_the_venue() {
    let acts: Vec<Act> = (0..2_000_u32)
        .map(|step| Act {
            kind: (step * 7 % 33) as u8,
            which: (step * 13 % 251) as u8,
            number: i64::from(step * 11 % 39 + 1),
            flag: step.is_multiple_of(3),
            wait_ms: i64::from(step % 5) * 400,
        })
        .collect();
    let run = played(false, &acts);
    assert!(run.asked > 50 && run.approved.len() > 50, "{} {}", run.asked, run.approved.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn arc_12_no_order_reaches_a_venue_without_an_approval(acts in acts(120), hedging in any::<bool>()) {
        prop_assert_eq!(played(hedging, &acts).faults, Vec::<String>::new());
    }
}
