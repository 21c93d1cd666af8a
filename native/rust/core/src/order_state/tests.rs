//! The whole table, cell by cell, and the word that holds a state.

use super::*;

fn every_cell() -> impl Iterator<Item = (BaseState, Overlays, OrderEvent)> {
    BaseState::VOCABULARY.iter().flat_map(|base| {
        (0..Overlays::COMBINATIONS).flat_map(move |bits| {
            OrderEvent::VOCABULARY
                .iter()
                .map(move |event| (base.0, Overlays::from_bits(bits), event.0))
        })
    })
}

#[test]
fn whole_product_keeps_the_promises() {
    let mut legal = 0;
    for (base, overlays, event) in every_cell() {
        let Some(next) = transition(base, overlays, event) else { continue };
        legal += 1;
        if next.base.is_end() {
            assert_eq!(next.overlays, Overlays::NONE, "an end has no overlay: {base:?} {event:?}");
        }
        if overlays.has(Overlays::IN_DOUBT) && !next.overlays.has(Overlays::IN_DOUBT) {
            let evidence = !matches!(
                event,
                OrderEvent::RequestCancel | OrderEvent::RequestReplace | OrderEvent::LoseTrack
            );
            assert!(evidence, "doubt ends on evidence only: {base:?} {event:?}");
        }
        if base.is_end() {
            assert!(next.alarm, "anything after an end alarms: {base:?} {event:?}");
        }
        if event == OrderEvent::CompleteFill {
            assert_eq!(next.base, BaseState::Filled);
        }
    }
    assert_eq!(legal, 840, "the table grows on purpose only");
}

/// What an event does to one overlay, said again without the table.
fn stands_after(stood: bool, event: OrderEvent, sets: OrderEvent, clears: &[OrderEvent]) -> bool {
    if event == sets { true } else { stood && !clears.contains(&event) }
}

#[test]
fn ord_02_an_answer_clears_its_own_request_and_any_word_of_the_venue_ends_doubt() {
    use OrderEvent as E;
    let requests = [E::RequestCancel, E::RequestReplace, E::LoseTrack];
    let of_venue: Vec<E> = OrderEvent::VOCABULARY
        .iter()
        .map(|entry| entry.0)
        .filter(|event| !requests.contains(event))
        .collect();
    let rules = [
        (Overlays::PENDING_CANCEL, E::RequestCancel, vec![E::RefuseCancel]),
        (Overlays::PENDING_REPLACE, E::RequestReplace, vec![E::Replace, E::RefuseReplace]),
        (Overlays::IN_DOUBT, E::LoseTrack, of_venue),
    ];
    for (base, overlays, event) in every_cell() {
        let Some(next) = transition(base, overlays, event) else { continue };
        for (overlay, sets, clears) in &rules {
            let expected =
                !next.base.is_end() && stands_after(overlays.has(*overlay), event, *sets, clears);
            assert_eq!(next.overlays.has(*overlay), expected, "{base:?} {overlays:?} {event:?}");
        }
    }
}

#[test]
fn one_amendment_at_a_time_and_no_proof_without_a_doubt() {
    for (base, overlays, event) in every_cell() {
        let refused = match event {
            OrderEvent::RequestReplace => overlays.has(Overlays::PENDING_REPLACE),
            OrderEvent::ProveUnknown => !overlays.has(Overlays::IN_DOUBT),
            _ => false,
        };
        if refused {
            assert_eq!(transition(base, overlays, event), None, "{base:?} {overlays:?}");
        }
    }
}

#[test]
fn five_states_are_ends() {
    use BaseState as B;
    let ends = [B::Denied, B::Filled, B::Canceled, B::Rejected, B::Expired];
    for (base, ..) in BaseState::VOCABULARY.iter().copied() {
        assert_eq!(base.is_end(), ends.contains(&base), "{base:?}");
    }
}

#[test]
fn overlays_are_three_bits() {
    for bits in 0..=u8::MAX {
        assert_eq!(Overlays::from_bits(bits).bits(), bits % 8);
    }
}

#[test]
fn fills_are_never_refused_once_an_order_was_judged() {
    for (base, overlays, event) in every_cell() {
        let fill = matches!(event, OrderEvent::PartialFill | OrderEvent::CompleteFill);
        if fill && base != BaseState::Initialized {
            assert!(transition(base, overlays, event).is_some(), "{base:?} {overlays:?}");
        }
    }
}

#[test]
fn a_timeout_is_never_a_rejection() {
    for (base, overlays, _) in every_cell() {
        if let Some(next) = transition(base, overlays, OrderEvent::LoseTrack) {
            assert_eq!(next.base, base);
            assert!(next.overlays.has(Overlays::IN_DOUBT));
        }
    }
}

#[test]
fn the_word_moves_and_counts_versions() {
    let state = OrderState::new();
    assert_eq!(
        state.apply(OrderEvent::Accept).map_err(|e| e.code()),
        Err(Code::OrderTransitionIllegal)
    );
    assert_eq!(state.load(), (BaseState::Initialized, Overlays::NONE, 0));
    state.apply(OrderEvent::Submit).unwrap();
    state.apply(OrderEvent::RequestCancel).unwrap();
    state.apply(OrderEvent::RequestReplace).unwrap();
    state.apply(OrderEvent::LoseTrack).unwrap();
    assert_eq!(state.load(), (BaseState::Submitted, Overlays::from_bits(7), 4));
    state.apply(OrderEvent::PartialFill).unwrap();
    assert_eq!(state.load(), (BaseState::PartiallyFilled, Overlays::from_bits(3), 5));
    let end = state.apply(OrderEvent::Cancel).unwrap();
    assert_eq!((end.base, end.alarm), (BaseState::Canceled, false));
    let late = state.apply(OrderEvent::CompleteFill).unwrap();
    assert_eq!((late.base, late.alarm), (BaseState::Filled, true));
}

#[test]
fn threads_racing_on_one_word_lose_no_transition() {
    let state = OrderState::new();
    state.apply(OrderEvent::Submit).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1_000 {
                    state.apply(OrderEvent::LoseTrack).unwrap();
                }
            });
        }
    });
    assert_eq!(state.load().2, 4_001);
}
