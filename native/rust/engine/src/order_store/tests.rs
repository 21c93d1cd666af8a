use super::*;
use holdfast_core::{ClientOrderId, Quantity, Side};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn order(id: u64, lots: i64) -> Order {
    Order::new(OrderIntent {
        client_order_id: ClientOrderId(id),
        reduce_only: lots % 2 == 0,
        ..OrderIntent::market(InstrumentId(lots as u32 % 3), Side::Buy, Quantity::from_lots(lots))
    })
}

fn seen<'a>(orders: impl Iterator<Item = &'a Order>) -> Vec<(u64, i64)> {
    orders.map(|order| (order.intent.client_order_id.0, order.quantity.lots())).collect()
}

fn lots(order: Option<&Order>) -> Option<i64> {
    order.map(|order| order.quantity.lots())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is here open and what is here ended are two maps that have no id in common.
    #[test]
    fn nat_02_orders_are_kept_as_in_two_sorted_maps_for_any_use(
        steps in prop::collection::vec((0_u64..24, 0_u8..7), 1..200),
    ) {
        let mut store = OrderStore::with_capacity(4);
        let (mut open, mut ended) = (BTreeMap::new(), BTreeMap::new());
        for (step, (id, action)) in steps.into_iter().enumerate() {
            let count = step as i64 + 1;
            match action {
                0..=2 => {
                    store.insert(id, order(id, count));
                    ended.remove(&id);
                    open.insert(id, count);
                }
                3 | 4 => {
                    prop_assert_eq!(store.retire(&id), open.contains_key(&id));
                    ended.extend(open.remove(&id).map(|lots| (id, lots)));
                }
                5 => {
                    store.revive(&id);
                    open.extend(ended.remove(&id).map(|lots| (id, lots)));
                }
                _ => {
                    store.forget_ended(&id);
                    ended.remove(&id);
                }
            }
            let (is_open, has_ended) = (open.get(&id).copied(), ended.get(&id).copied());
            prop_assert_eq!(lots(store.get(&id)), is_open);
            prop_assert_eq!(lots(store.ended(&id)), has_ended);
            prop_assert_eq!(lots(store.find(&id)), is_open.or(has_ended));
            prop_assert_eq!(lots(store.get_mut(&id).map(|order| &*order)), is_open);
            prop_assert_eq!(lots(store.find_mut(&id).map(|order| &*order)), is_open.or(has_ended));
            prop_assert_eq!(store.contains_key(&id), is_open.is_some());
            prop_assert_eq!((store.len(), store.is_empty()), (open.len(), open.is_empty()));
            prop_assert_eq!(seen(store.values()), Vec::from_iter(open.clone()));
            prop_assert_eq!(seen(store.ended_values()), Vec::from_iter(ended.clone()));
            for instrument in 0..3 {
                let reduces = |lots: &&i64| **lots as u32 % 3 == instrument && **lots % 2 == 0;
                let count = open.values().filter(reduces).count();
                prop_assert_eq!(store.reduce_only_on(InstrumentId(instrument)), count);
            }
        }
        let mut image = Vec::new();
        store.save_parts(&mut image);
        store.load_parts(&mut Reader::new(&image)).unwrap();
        prop_assert_eq!(seen(store.values()), Vec::from_iter(open));
        prop_assert_eq!(seen(store.ended_values()), Vec::from_iter(ended));
    }
}

#[test]
fn nat_02_places_are_used_again() {
    let mut store = OrderStore::with_capacity(2);
    for id in 1..1_000 {
        store.insert(id, order(id, 1));
        if let Some(order) = store.get_mut(&id) {
            order.quantity = Quantity::from_lots(5);
        }
        store.retire(&id);
        assert_eq!(lots(store.ended(&id)), Some(5));
        store.forget_ended(&id);
    }
    assert_eq!((store.slots.len(), store.free.len()), (1, 1));
}

#[test]
fn an_image_with_an_order_twice_is_refused() {
    for (open, ended) in [(vec![2, 2], vec![]), (vec![2, 1], vec![]), (vec![2], vec![2])] {
        let mut image = Vec::new();
        for ids in [open, ended] {
            ids.len().save(&mut image);
            ids.into_iter().for_each(|id| order(id, 1).save(&mut image));
        }
        let mut store = OrderStore::with_capacity(4);
        assert!(store.load_parts(&mut Reader::new(&image)).is_err());
    }
}
