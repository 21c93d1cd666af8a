//! Actors on any number of threads give what engines give that are stepped one after the other.

mod actor_floor;

use actor_floor::{Drawn, EPOCH, Log, Stream, account, after_a_crash, specs};
use holdfast_core::journal_record::RecordKind;
use holdfast_core::{ClientOrderId, Code, InstrumentId, OrderIntent, Timestamp, VenueReport};
use holdfast_engine::account_figures::AccountFigures;
use holdfast_engine::actor::ActorInput;
use holdfast_engine::{
    ActorOptions, ActorPlan, ActorSpec, Actors, Engine, EngineConfig, Input, OrderList, Sink,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

const CASES: u32 = 1_000;

fn options(workers: usize) -> ActorOptions {
    // Small batches and queues, so that threads meet often.
    ActorOptions { workers, queue_max: 2, batch_max: 3 }
}

/// Who owns an input, found without the code under test: by instrument, or by the epoch of the order.
fn owner(specs: &[ActorSpec], input: &ActorInput) -> Option<usize> {
    let of = |id: InstrumentId| specs.iter().position(|spec| spec.instruments.contains(&id.0));
    let named = |id: ClientOrderId| Some((id.epoch() - EPOCH) as usize);
    match input {
        ActorInput::List { orders, .. } => of(orders[0].instrument),
        ActorInput::Mode { .. }
        | ActorInput::CancelAll { .. }
        | ActorInput::Venue(_)
        | ActorInput::Decide { .. } => None,
        ActorInput::Plain(input) => match input {
            Input::Trade(trade) => of(trade.instrument),
            Input::Submit(intent) => of(intent.instrument),
            Input::Report(report) => named(report.client_order_id),
            Input::Cancel { client_order_id, .. } | Input::LoseTrack { client_order_id, .. } => {
                named(*client_order_id)
            }
            Input::Amend(amendment) => named(amendment.client_order_id),
            _ => None,
        },
    }
}

/// The input as an engine of these instruments knows it.
fn local(spec: &ActorSpec, input: &ActorInput, next: u64) -> ActorInput {
    let place = |id: InstrumentId| {
        let found = spec.instruments.iter().position(|own| *own == id.0);
        InstrumentId(found.map_or(u32::MAX, |place| place as u32))
    };
    let mut input = input.clone();
    match &mut input {
        ActorInput::List { orders, .. } => {
            for (number, intent) in orders.iter_mut().enumerate() {
                intent.instrument = place(intent.instrument);
                intent.client_order_id.0 = next + number as u64;
            }
        }
        ActorInput::Plain(Input::Trade(trade)) => trade.instrument = place(trade.instrument),
        ActorInput::Plain(Input::Submit(intent)) => {
            intent.instrument = place(intent.instrument);
            intent.client_order_id.0 = next;
        }
        ActorInput::Plain(Input::Report(report)) => {
            report.instrument = report.instrument.map(place);
        }
        _ => {}
    }
    input
}

/// The reference: one engine after the other, each stepped with its own inputs, in one thread and without any of the code
/// that runs actors.
fn one_by_one(
    configs: &[EngineConfig],
    specs: &[ActorSpec],
    inputs: &[ActorInput],
) -> Vec<(Engine, Log)> {
    let desks = configs.iter().zip(specs).enumerate();
    desks
        .map(|(actor, (config, spec))| {
            let (mut engine, mut log) = (Engine::new(config).unwrap(), Log::default());
            let opened = serde_json::to_vec(&serde_json::json!({ "engine": config })).unwrap();
            log.record(RecordKind::SessionOpened, Timestamp(0), opened.as_slice()).unwrap();
            let own = inputs
                .iter()
                .filter(|input| owner(specs, input).is_none_or(|owner| owner == actor));
            for input in own {
                let mut commands = Vec::new();
                let outcome = match local(spec, input, engine.next_client_order_id().0) {
                    ActorInput::Plain(input) => engine.step(&input, &mut log, &mut commands),
                    ActorInput::Mode { mode, reason, ts } => {
                        let input = Input::ModeChanged { mode, reason: &reason, ts };
                        engine.step(&input, &mut log, &mut commands)
                    }
                    ActorInput::List { contingency, orders } => {
                        let list = OrderList { contingency, orders: &orders };
                        engine.step(&Input::SubmitList(list), &mut log, &mut commands)
                    }
                    other => panic!("the streams draw no {other:?}"),
                };
                log.note(&outcome, &commands);
            }
            (engine, log)
        })
        .collect()
}

fn hash_of<'a>(engines: impl Iterator<Item = &'a Engine>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    engines.for_each(|engine| {
        hasher.update(&engine.state_hash());
    });
    *hasher.finalize().as_bytes()
}

fn ports(count: usize) -> Vec<Log> {
    vec![Log::default(); count]
}

#[derive(Debug, Clone)]
struct Case {
    account: EngineConfig,
    specs: Vec<ActorSpec>,
    inputs: Vec<ActorInput>,
}

fn cases(is_limited: bool) -> impl Strategy<Value = Case> {
    let steps = prop::collection::vec(any::<Drawn>(), 20..120);
    (1_usize..7, prop::collection::vec(0_u8..4, 6), any::<[u8; 4]>(), steps).prop_map(
        move |(instruments, owners, weights, drawn)| {
            // Equity must be positive for an order that opens, whatever the limits are. A case without limits is of so much
            // cash that the smallest budget, a thousandth of it, is more than 120 fills of 30 can lose.
            let cash = if is_limited { 40_000 } else { 4_000_000_000 };
            let specs = specs(cash, &owners[..instruments], &weights);
            let inputs = Stream::new(&specs, instruments as u32).of(&drawn);
            Case { account: account(instruments, cash, is_limited), specs, inputs }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn ord_09_any_number_of_threads_gives_what_one_by_one_gives(case in cases(true)) {
        let plan = ActorPlan::new(&case.account, &case.specs).unwrap();
        let expected = one_by_one(plan.configs(), &case.specs, &case.inputs);
        let hash = hash_of(expected.iter().map(|(engine, _)| engine));
        for workers in 0..=4 {
            let count = plan.configs().len();
            let mut actors = Actors::open(plan.clone(), ports(count), options(workers)).unwrap();
            for input in &case.inputs {
                actors.send(input.clone()).unwrap();
            }
            let figures = actors.figures().unwrap();
            prop_assert_eq!(figures.sum.state_hash, hash, "{} workers", workers);
            for (actor, (engine, log)) in actors.finish().unwrap().iter().zip(&expected) {
                prop_assert_eq!(&actor.port().steps, &log.steps);
                prop_assert!(actor.port().bytes == log.bytes, "records, {} workers", workers);
                prop_assert_eq!(actor.engine().state_hash(), engine.state_hash());
            }
        }
    }

    #[test]
    fn ord_09_a_restart_with_torn_journals_and_other_threads_changes_nothing(
        case in cases(true),
        cut in 0_usize..140,
        torn in prop::collection::vec(0_usize..1_001, 4),
        workers in (0_usize..5, 0_usize..5),
    ) {
        let plan = ActorPlan::new(&case.account, &case.specs).unwrap();
        let expected = one_by_one(plan.configs(), &case.specs, &case.inputs);
        // The prices at the end are sent after the restart, so that every actor's clock has the same time.
        let cut = cut.min(case.inputs.len() - case.account.instruments.len());
        let count = plan.configs().len();
        let mut actors = Actors::open(plan.clone(), ports(count), options(workers.0)).unwrap();
        for input in &case.inputs[..cut] {
            actors.send(input.clone()).unwrap();
        }
        let died = actors.finish().unwrap();
        let (mut restarted, mut lost) = (Vec::new(), Vec::new());
        for (number, actor) in died.into_iter().enumerate() {
            let (_, log) = actor.into_parts();
            let (actor, applied) = after_a_crash(&log, torn[number]);
            restarted.push(actor);
            let own = case.inputs[..cut].iter().filter(|input| {
                owner(&case.specs, input).is_none_or(|owner| owner == number)
            });
            lost.extend(own.skip(applied).map(|input| (number, input.clone())));
        }
        let mut actors = Actors::resume(plan.clone(), restarted, options(workers.1)).unwrap();
        for (actor, input) in lost {
            actors.send_to(actor, input).unwrap();
        }
        for input in &case.inputs[cut..] {
            actors.send(input.clone()).unwrap();
        }
        for (actor, (engine, log)) in actors.finish().unwrap().iter().zip(&expected) {
            prop_assert!(actor.port().bytes == log.bytes, "the records of an actor");
            prop_assert_eq!(actor.engine().state_hash(), engine.state_hash());
        }
    }

    #[test]
    fn ord_09_without_limits_of_the_account_actors_give_the_books_of_one_engine(case in cases(false)) {
        let whole = [ActorSpec {
            instruments: (0..case.account.instruments.len() as u32).collect(),
            budget: case.account.start_cash.clone(),
        }];
        let (inputs, renamed) = under_both_names(&case);
        let one = ActorPlan::new(&case.account, &whole).unwrap();
        let single = one_by_one(one.configs(), &whole, &renamed);
        let plan = ActorPlan::new(&case.account, &case.specs).unwrap();
        let mut actors =
            Actors::open(plan.clone(), ports(plan.configs().len()), options(2)).unwrap();
        for input in &inputs {
            actors.send(input.clone()).unwrap();
        }
        let AccountFigures { sum, actors: slices } = actors.figures().unwrap();
        prop_assert!(slices.iter().all(|slice| slice.equity.raw() > 0), "a budget is used up");
        let (engine, _) = &single[0];
        prop_assert_eq!(sum.equity, engine.equity());
        prop_assert_eq!((sum.cash, sum.fees), (engine.account().cash, engine.account().fees));
        prop_assert_eq!(sum.gross_exposure, engine.gross_exposure());
        prop_assert_eq!(sum.open_orders, engine.open_order_count());
        let actors = actors.finish().unwrap();
        for (id, state) in engine.instruments().iter().enumerate() {
            let (actor, place) = plan.place(InstrumentId(id as u32)).unwrap();
            let own = &actors[actor].engine().instruments()[place.index()];
            prop_assert_eq!(own.position.lots(), state.position.lots());
            prop_assert_eq!(own.position.realized(), state.position.realized());
            prop_assert_eq!(own.position.open_cost(), state.position.open_cost());
            prop_assert_eq!((own.case, own.mark), (state.case, state.mark));
        }
    }
}

/// Prices, plain orders and reports of a case, with the order ids that actors give and with those that one engine over
/// everything gives: the same orders by other names.
fn under_both_names(case: &Case) -> (Vec<ActorInput>, Vec<ActorInput>) {
    let mut given: Vec<Vec<u32>> = vec![Vec::new(); case.specs.len()];
    let (mut orders, mut inputs, mut renamed) = (0, Vec::new(), Vec::new());
    for input in &case.inputs {
        let other = match input {
            ActorInput::Plain(Input::Trade(_)) => input.clone(),
            ActorInput::Plain(Input::Submit(intent)) => {
                orders += 1;
                given[owner(&case.specs, input).unwrap()].push(orders);
                let plain = OrderIntent { stop_loss: None, take_profit: None, ..*intent };
                inputs.push(Input::Submit(plain).into());
                renamed.push(Input::Submit(plain).into());
                continue;
            }
            ActorInput::Plain(Input::Report(report)) => {
                let id = report.client_order_id;
                let known = given[owner(&case.specs, input).unwrap()].get(id.number() as usize - 1);
                let Some(known) = known else { continue };
                let client_order_id = ClientOrderId::compose(EPOCH, *known).unwrap();
                // One engine ends its wait for missing numbers on all instruments at once, an actor on its own.
                let plain = VenueReport { sequence: None, ..*report };
                inputs.push(Input::Report(plain).into());
                renamed.push(Input::Report(VenueReport { client_order_id, ..plain }).into());
                continue;
            }
            _ => continue,
        };
        inputs.push(input.clone());
        renamed.push(other);
    }
    (inputs, renamed)
}

#[test]
fn ord_09_streams_reach_what_they_are_to_reach() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut approved, mut denied, mut refused, mut fills) = (0, 0, 0, 0);
    for _ in 0..200 {
        let case = cases(true).new_tree(&mut runner).unwrap().current();
        let plan = ActorPlan::new(&case.account, &case.specs).unwrap();
        for (engine, log) in one_by_one(plan.configs(), &case.specs, &case.inputs) {
            approved += log.steps.iter().filter(|step| step.starts_with("true")).count();
            denied += engine.counts().denied;
            fills += engine.counts().fills;
            refused += log.steps.iter().filter(|step| step.contains(" must ")).count();
        }
    }
    assert!(approved > 1_000, "{approved} approved");
    assert!(denied > 500, "{denied} denied");
    assert!(fills > 300, "{fills} fills");
    assert!(refused > 500, "{refused} refused");
}

#[test]
fn actor_plan_invalid_an_account_must_be_divided_without_a_rest() {
    let whole = account(3, 30_000, true);
    let spec = |instruments: &[u32], budget: &str| ActorSpec {
        instruments: instruments.to_vec(),
        budget: budget.into(),
    };
    let code = |account: &EngineConfig, specs: &[ActorSpec]| {
        ActorPlan::new(account, specs).map(|_| ()).map_err(|error| error.code())
    };
    let refused = Err(Code::ActorPlanInvalid);
    let good = [spec(&[0, 2], "20000"), spec(&[1], "10000")];
    assert_eq!(code(&whole, &good), Ok(()));
    assert_eq!(code(&whole, &[spec(&[0, 2], "20000"), spec(&[1], "10001")]), refused);
    assert_eq!(code(&whole, &[spec(&[0], "20000"), spec(&[1], "10000")]), refused);
    assert_eq!(code(&whole, &[spec(&[0, 1, 2], "20000"), spec(&[1], "10000")]), refused);
    assert_eq!(code(&whole, &[spec(&[0, 1, 2, 3], "30000")]), refused);
    let mut few = whole.clone();
    few.limits.orders_per_minute_max = "1".into();
    assert_eq!(code(&few, &good), refused);
    let mut foreign = whole.clone();
    foreign.instruments[1].settlement_currency = "EUR".into();
    assert_eq!(code(&foreign, &good), refused);
    let plan = ActorPlan::new(&whole, &good).unwrap();
    let actors = Actors::open(plan, ports(1), options(1)).map(|_| ());
    assert_eq!(actors.map_err(|error| error.code()), refused);
}

#[test]
fn counts_are_divided_and_ids_and_places_are_told_apart() {
    let whole = account(3, 30_000, true);
    let plan = ActorPlan::per_instrument(&whole).unwrap();
    let minute: Vec<&str> =
        plan.configs().iter().map(|each| each.limits.orders_per_minute_max.as_str()).collect();
    assert_eq!(minute, ["14", "13", "13"]);
    let epochs: Vec<u32> = plan.configs().iter().map(|each| each.orders.id_epoch).collect();
    assert_eq!((epochs, plan.next_epoch()), (vec![EPOCH, EPOCH + 1, EPOCH + 2], EPOCH + 3));
    assert_eq!(plan.configs()[2].instruments[0].symbol, "I2");
    assert_eq!(plan.place(InstrumentId(2)), Ok((2, InstrumentId(0))));
    let unknown = plan.place(InstrumentId(3)).map_err(|error| error.code());
    assert_eq!(unknown, Err(Code::InstrumentUnknown));
}

#[test]
fn actor_stopped_one_whose_records_cannot_be_kept_stops_and_the_others_go_on() {
    let whole = account(2, 20_000, true);
    let plan = ActorPlan::per_instrument(&whole).unwrap();
    for workers in 0..=2 {
        let failing = Log { left: Some(3), ..Log::default() };
        let ports = vec![failing, Log::default()];
        let mut actors = Actors::open(plan.clone(), ports, options(workers)).unwrap();
        let specs: Vec<ActorSpec> =
            (0..2).map(|id| ActorSpec { instruments: vec![id], budget: "10000".into() }).collect();
        let inputs = Stream::new(&specs, 2).of(&[(0, 0, 0, 0), (0, 0, 0, 9), (0, 1, 0, 5)]);
        for input in inputs {
            if let Err(error) = actors.send(input) {
                assert_eq!(error.code(), Code::ActorStopped);
            }
        }
        assert_eq!(actors.figures().map_err(|error| error.code()), Err(Code::ActorStopped));
        let cancel = |epoch| Input::Cancel {
            client_order_id: ClientOrderId::compose(epoch, 1).unwrap(),
            ts: Timestamp(9_000_000_000),
        };
        let refused = actors.send(cancel(EPOCH)).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::ActorStopped), "with {workers} workers");
        assert!(actors.send_to(1, cancel(EPOCH + 1)).unwrap() > 3);
        let actors = actors.finish().unwrap();
        assert_eq!(actors[0].failure().map(|error| error.code()), Some(Code::JournalIo));
        assert_eq!((actors[0].port().steps.len(), actors[1].failure()), (2, None));
        assert_eq!(actors[1].port().steps.len(), 4);
    }
}

#[test]
fn what_belongs_to_no_actor_or_to_another_is_refused() {
    let plan = ActorPlan::per_instrument(&account(2, 20_000, true)).unwrap();
    let mut actors = Actors::open(plan, ports(2), options(1)).unwrap();
    let cancel = |epoch| Input::Cancel {
        client_order_id: ClientOrderId::compose(epoch, 1).unwrap(),
        ts: Timestamp(1),
    };
    let code = |sent: holdfast_core::Result<u64>| sent.map_err(|error| error.code());
    assert_eq!(code(actors.send(cancel(EPOCH + 2))), Err(Code::OrderUnknown));
    assert_eq!(code(actors.send(cancel(EPOCH - 1))), Err(Code::OrderUnknown));
    assert_eq!(code(actors.send_to(0, cancel(EPOCH + 1))), Err(Code::ActorPlanInvalid));
    assert_eq!(code(actors.send(cancel(EPOCH + 1))), Ok(0));
    let specs: Vec<ActorSpec> = vec![ActorSpec { instruments: vec![0, 1], budget: "20000".into() }];
    let inputs = Stream::new(&specs, 2).of(&[(29, 0, 0, 4)]);
    let Some(ActorInput::List { contingency, mut orders }) = inputs.get(2).cloned() else {
        panic!("a list was drawn")
    };
    orders[1].instrument = InstrumentId(1);
    let split = ActorInput::List { contingency, orders };
    assert_eq!(code(actors.send(split)), Err(Code::OrderInvalid));
}
