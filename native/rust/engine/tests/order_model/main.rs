//! The order's protocol as an explicit-state model: every interleaving of one order, its amendments and its cancel with a
//! venue and a network that loses, repeats and reorders, over the transition table that the engine runs.

mod local;
mod lockstep;
mod world;

use holdfast_core::Overlays;
use std::collections::HashMap;
use world::{Kind, Met, World};

/// Size of the state space, also told in `ts/docs/order-states.md`.
const STATES: usize = 431_592;
const STEPS: usize = 4_940_329;

/// Everything that the search found.
struct Explored {
    states: Vec<World>,
    /// Steps between states, by their places in `states`.
    steps: Vec<(u32, u32, Kind)>,
}

/// The page that tells the size.
const PAGE: &str = include_str!("../../../../../ts/docs/order-states.md");

fn explore() -> Explored {
    let mut places: HashMap<World, u32> = HashMap::new();
    let mut found = Explored { states: vec![World::first()], steps: Vec::new() };
    places.insert(World::first(), 0);
    let mut next = 0;
    while let Some(world) = found.states.get(next).copied() {
        check(&world);
        for (kind, met, after) in world.steps() {
            check_step(&world, met, &after);
            let place = *places.entry(after).or_insert_with(|| {
                found.states.push(after);
                found.states.len() as u32 - 1
            });
            found.steps.push((next as u32, place, kind));
        }
        next += 1;
    }
    found
}

/// What must hold in every state.
fn check(world: &World) {
    let local = &world.local;
    assert!(
        local.applied >> world.filled == 0,
        "only what the venue filled is applied, and once: {world:?}"
    );
    assert!(
        local.filled() + local.reserved >= world.filled + world.can_fill(),
        "the reservation covers what can still fill: {world:?}"
    );
    if local.base.is_end() {
        assert_eq!(local.overlays, 0, "an end has no overlay: {world:?}");
    }
}

/// What must hold over every step.
fn check_step(before: &World, met: Met, after: &World) {
    assert_eq!(
        before.local.applied & !after.local.applied,
        0,
        "an applied fill is never lost: {before:?} {after:?}"
    );
    let (was, is) = (before.local.has(Overlays::IN_DOUBT), after.local.has(Overlays::IN_DOUBT));
    if was && !is {
        let evidence = matches!(met, Met::Report(_));
        assert!(evidence, "doubt ends on evidence: {before:?} {met:?} {after:?}");
    }
}

/// Returns how many states cannot reach agreement when nothing is lost or repeated any more.
fn stuck(found: &Explored) -> Vec<World> {
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); found.states.len()];
    for (from, to, kind) in &found.steps {
        if *kind == Kind::Progress {
            before[*to as usize].push(*from);
        }
    }
    let mut reaches = vec![false; found.states.len()];
    let mut open: Vec<u32> = Vec::new();
    for (place, world) in found.states.iter().enumerate() {
        if world.agrees() {
            reaches[place] = true;
            open.push(place as u32);
        }
    }
    while let Some(place) = open.pop() {
        for from in &before[place as usize] {
            if !std::mem::replace(&mut reaches[*from as usize], true) {
                open.push(*from);
            }
        }
    }
    let states = found.states.iter().zip(&reaches);
    states.filter(|(_, reaches)| !**reaches).map(|(world, _)| *world).collect()
}

#[test]
fn ord_02_every_interleaving_keeps_fills_reservations_and_doubt() {
    let found = explore();
    let stuck = stuck(&found);
    println!("{} states, {} transitions", found.states.len(), found.steps.len());
    assert!(stuck.is_empty(), "{} states cannot end, one is {:?}", stuck.len(), stuck.first());
    assert_eq!(
        (found.states.len(), found.steps.len()),
        (STATES, STEPS),
        "it changes on purpose only"
    );
    assert!(PAGE.contains("431,592 states and 4,940,329 transitions"), "the page tells the size");
}
