//! A replica: fed by the bytes of a journal, cut anywhere, it is the engine that wrote them.

mod support;

use holdfast_core::journal_record::{Chain, RecordKind};
use holdfast_core::persist::Persist;
use holdfast_core::wire::{Encode, Reader};
use holdfast_core::{Code, Result, Side, Timestamp};
use holdfast_engine::{Engine, Replica, Sink};
use holdfast_risk::Verdict;
use holdfast_sim::SessionConfig;
use proptest::prelude::*;
use support::*;

/// The records of a session as one stream.
#[derive(Default)]
struct Stream {
    chain: Chain,
    bytes: Vec<u8>,
    /// Where each record begins.
    starts: Vec<usize>,
}

impl Sink for Stream {
    fn record(
        &mut self,
        kind: RecordKind,
        ts: Timestamp,
        content: &(impl Encode + ?Sized),
    ) -> Result<()> {
        self.starts.push(self.bytes.len());
        self.chain.append(&mut self.bytes, kind, ts, content)
    }
}

/// Plays some orders straight through an engine, whose venue fills them at once.
fn recorded(orders: &[(bool, i64)]) -> (Stream, Engine) {
    let config: SessionConfig = config();
    let mut stream = Stream::default();
    let opened = serde_json::to_vec(&config).unwrap();
    stream.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
    let mut engine = Engine::new(&config.engine).unwrap();
    let mut commands = Vec::new();
    for (day, (is_buy, lots)) in orders.iter().enumerate() {
        let bar = flat_bar(day as i64, 10_000 + day as i64);
        engine.step(&holdfast_engine::Input::Bar(bar), &mut stream, &mut commands).unwrap();
        let intent = holdfast_core::OrderIntent {
            client_order_id: engine.next_client_order_id(),
            ts_intent: engine.now(),
            ..market(if *is_buy { Side::Buy } else { Side::Sell }, *lots)
        };
        engine.step(&holdfast_engine::Input::Submit(intent), &mut stream, &mut commands).unwrap();
    }
    engine.close(&mut stream).unwrap();
    (stream, engine)
}

fn code(outcome: Result<u64>) -> Code {
    outcome.unwrap_err().code()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_state(
        orders in prop::collection::vec((any::<bool>(), 1_i64..50), 1..12),
        cuts in prop::collection::vec(1_usize..400, 1..60),
    ) {
        let (stream, engine) = recorded(&orders);
        let mut replica = Replica::default();
        let mut rest = stream.bytes.as_slice();
        let mut records = 0;
        for cut in cuts.iter().cycle() {
            if rest.is_empty() { break; }
            let (head, tail) = rest.split_at((*cut).min(rest.len()));
            records += replica.feed(head).unwrap();
            rest = tail;
        }
        prop_assert_eq!(records, stream.chain.next_sequence);
        prop_assert!(replica.is_closed());
        prop_assert_eq!(replica.engine().unwrap().state_hash(), engine.state_hash());
    }
}

#[test]
fn a_gap_is_refused_and_the_stream_can_go_on_from_the_record_expected() {
    let (stream, engine) = recorded(&[(true, 3), (false, 2)]);
    let mut replica = Replica::default();
    let (second, third) = (stream.starts[1], stream.starts[2]);
    replica.feed(&stream.bytes[..second]).unwrap();
    assert_eq!(code(replica.feed(&stream.bytes[third..])), Code::JournalGap);
    assert_eq!(replica.next_sequence(), 1);
    replica.feed(&stream.bytes[second..]).unwrap();
    assert_eq!(replica.engine().unwrap().state_hash(), engine.state_hash());
}

#[test]
fn forged_bytes_are_refused() {
    let (stream, _) = recorded(&[(true, 3)]);
    let mut forged = stream.bytes.clone();
    let payload = stream.starts[1] + 30;
    forged[payload] ^= 1;
    assert_eq!(code(Replica::default().feed(&forged)), Code::JournalCorrupt);
    assert_eq!(code(Replica::default().feed(&[0xff; 64])), Code::JournalCorrupt);
    let mut headless = Stream::default();
    headless.record(RecordKind::Bar, Timestamp(0), [1_u8].as_slice()).unwrap();
    assert_eq!(code(Replica::default().feed(&headless.bytes)), Code::JournalCorrupt);
}

#[test]
fn an_output_that_the_engine_does_not_give_is_a_divergence() {
    let (stream, _) = recorded(&[(true, 3)]);
    let mut chain = Chain::default();
    let mut other = Vec::new();
    let mut rest = stream.bytes.as_slice();
    let mut reading = Chain::default();
    while let Some(record) = reading.verify(rest).unwrap() {
        let mut payload = record.payload.to_vec();
        if record.kind == RecordKind::Verdict {
            payload.pop();
        }
        chain.append(&mut other, record.kind, record.ts, payload.as_slice()).unwrap();
        rest = &rest[record.bytes..];
    }
    assert_eq!(code(Replica::default().feed(&other)), Code::JournalDiverged);
}

/// Journals from before hold verdicts in a longer form, which says the same or is a divergence all the same.
#[test]
fn a_verdict_in_the_form_of_journals_from_before_is_the_same_verdict() {
    let (stream, engine) = recorded(&[(true, 3), (false, 2)]);
    let rewritten = |limits_mark: u64| {
        let (mut chain, mut reading, mut bytes) = (Chain::default(), Chain::default(), Vec::new());
        let mut rest = stream.bytes.as_slice();
        while let Some(record) = reading.verify(rest).unwrap() {
            let mut payload = record.payload.to_vec();
            if record.kind == RecordKind::Verdict {
                let mut verdict = Verdict::decode(&mut Reader::new(record.payload)).unwrap();
                verdict.limits_mark ^= limits_mark;
                payload.clear();
                verdict.save(&mut payload);
                assert!(payload.len() > record.payload.len());
                assert!(Verdict::is_of_old(&payload).unwrap());
            }
            chain.append(&mut bytes, record.kind, record.ts, payload.as_slice()).unwrap();
            rest = &rest[record.bytes..];
        }
        bytes
    };
    let mut replica = Replica::default();
    replica.feed(&rewritten(0)).unwrap();
    assert_eq!(replica.engine().unwrap().state_hash(), engine.state_hash());
    assert_eq!(code(Replica::default().feed(&rewritten(1))), Code::JournalDiverged);
}
