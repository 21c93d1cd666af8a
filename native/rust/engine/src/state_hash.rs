//! A hash over everything that decides what the engine does next.

use crate::account_spec::PositionMode;
use crate::engine::Engine;
use holdfast_core::{Amount, Order, Rounding};

/// Numbers on their way into the hash.
#[derive(Default)]
struct Words(blake3::Hasher);

impl Words {
    fn add(&mut self, value: impl Into<i128>) {
        self.0.update(&value.into().to_le_bytes());
    }

    fn amounts(&mut self, amounts: impl IntoIterator<Item = Amount>) {
        amounts.into_iter().for_each(|amount| self.add(amount.raw()));
    }
}

impl Engine {
    /// Returns BLAKE3 over account, positions, open orders and counters in a fixed order.
    #[must_use]
    pub fn state_hash(&self) -> [u8; 32] {
        let mut words = Words::default();
        let account = self.account();
        words.amounts([account.cash, account.fees, account.funding, account.slippage]);
        words.amounts([account.turnover, self.equity]);
        words.add(self.now().0);
        words.add(self.next_order_id);
        words.add(self.mode() as u8);
        self.hash_positions(&mut words);
        self.hash_wallets(&mut words);
        self.hash_sequences(&mut words);
        self.open_orders().for_each(|order| hash_order(order, &mut words));
        self.gate.words().into_iter().for_each(|word| words.add(word));
        self.hash_coverage(&mut words);
        self.round_trips.words().for_each(|word| words.add(word));
        *words.0.finalize().as_bytes()
    }

    fn hash_positions(&self, words: &mut Words) {
        for state in &self.instruments {
            words.add(state.position.lots().lots());
            words.add(state.position.open_cost().map_or(i128::MIN, Amount::raw));
            words.amounts([state.position.realized()]);
            words.add(state.case.open_buy);
            words.add(state.case.open_sell);
            words.add(state.case.reduce_buy);
            words.add(state.case.reduce_sell);
            words.add(state.mark.map_or(i128::MIN, |(price, _)| i128::from(price.ticks())));
        }
        if self.position_mode == PositionMode::Hedging {
            for state in &self.instruments {
                words.add(state.short.lots().lots());
                words.add(state.short.open_cost().map_or(i128::MIN, Amount::raw));
                words.amounts([state.short.realized()]);
            }
        }
    }

    /// Nothing while no limit asks for the coverage of positions.
    fn hash_coverage(&self, words: &mut Words) {
        for state in self.instruments.iter().filter(|_| self.watches_stops) {
            words.add(state.coverage.sell_stops);
            words.add(state.coverage.buy_stops);
            words.add(state.coverage.uncovered_since.map_or(i64::MIN, |since| since.0));
        }
    }

    fn hash_sequences(&self, words: &mut Words) {
        for sequencer in &self.sequences {
            words.add(sequencer.next_number().map_or(i128::MIN, i128::from));
            sequencer.held().for_each(|(number, _)| words.add(*number));
            sequencer
                .missing()
                .for_each(|(from, to)| words.add(i128::from(from) << 64 | i128::from(to)));
        }
    }

    /// Only what differs from one netted currency without interest, so that the hash of such an account stays.
    fn hash_wallets(&self, words: &mut Words) {
        for (place, wallet) in self.wallets.all().enumerate() {
            let account = &wallet.account;
            if place == 0 && account.interest == Amount::ZERO {
                continue;
            }
            words.amounts([account.cash, account.fees, account.funding, account.interest]);
            words.amounts([account.slippage, account.turnover, account.start_cash]);
            if let Some((rate, ts)) = wallet.rate {
                let one = rate.convert(Amount::ONE, Rounding::HalfEven);
                words.add(one.map_or(i128::MIN, Amount::raw));
                words.add(ts.0);
            }
        }
    }
}

fn hash_order(order: &Order, words: &mut Words) {
    let (base, overlays, version) = order.state.load();
    words.add(order.intent.client_order_id.0);
    words
        .add(i128::from(base as u8) | i128::from(overlays.bits()) << 8 | i128::from(version) << 16);
    words.add(order.quantity.lots());
    words.add(order.cum_quantity.lots());
    words.add(order.filled_tick_lots);
    words.add(order.reserved.lots());
    words.add(order.intent.limit_price.map_or(i128::MIN, |price| i128::from(price.ticks())));
    words.add(order.intent.trigger_price.map_or(i128::MIN, |price| i128::from(price.ticks())));
    words.add(order.pending.map_or(i128::MIN, |asked| i128::from(asked.quantity.lots())));
    if order.amendments > 0 {
        words.add(i128::from(order.amendments) << 32 | i128::from(order.amended));
    }
    if let Some(pairing) = &order.pairing {
        words.add(pairing.other.0);
        words.add(pairing.base.lots());
        words.add(pairing.other_filled.lots());
        words.add(pairing.asked.map_or(-1, holdfast_core::Quantity::lots));
        words.add(pairing.wish.map_or(-1, holdfast_core::Quantity::lots));
        words.add(pairing.refused);
        words.add(i128::from(pairing.cancels) << 1 | i128::from(pairing.cancel_asked));
    }
    if let Some(held) = &order.held {
        words.add(held.best.map_or(i128::MIN, |best| i128::from(best.ticks())));
        words.add(held.first_day.map_or(i128::MIN, i128::from));
    }
    if let Some(released) = &order.released {
        words.add(released.at.0);
        words.add(i128::from(released.shown));
    }
    for follower in order.followers.iter().flat_map(|followers| &followers.orders) {
        words.add(follower.intent.quantity.lots());
        words.add(follower.sent.lots());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_core::order::Pairing;
    use holdfast_core::{ClientOrderId, InstrumentId, OrderIntent, Quantity, Side};

    fn hash_of(pairing: Option<Pairing>) -> String {
        let lots = Quantity::from_lots(5);
        let mut order = Order::new(OrderIntent::market(InstrumentId(0), Side::Buy, lots));
        order.pairing = pairing;
        let mut words = Words::default();
        hash_order(&order, &mut words);
        words.0.finalize().to_hex().to_string()
    }

    #[test]
    fn everything_about_a_pair_of_orders_is_in_the_hash() {
        let plain = Pairing::new(ClientOrderId(1), false, Quantity::from_lots(5));
        let lots = |lots: i64| Some(Quantity::from_lots(lots));
        let pairings = [
            plain,
            Pairing { other: ClientOrderId(2), ..plain },
            Pairing { base: Quantity::from_lots(6), ..plain },
            Pairing { other_filled: Quantity::from_lots(1), ..plain },
            Pairing { asked: lots(0), wish: None, ..plain },
            Pairing { asked: lots(1), wish: None, ..plain },
            Pairing { asked: None, wish: lots(0), ..plain },
            Pairing { asked: None, wish: lots(1), ..plain },
            Pairing { asked: lots(3), wish: lots(4), ..plain },
            Pairing { asked: lots(4), wish: lots(3), ..plain },
            Pairing { refused: plain.refused + 1, ..plain },
            Pairing { cancels: true, ..plain },
            Pairing { cancel_asked: true, ..plain },
            Pairing { cancels: true, cancel_asked: true, ..plain },
        ];
        let mut hashes: Vec<String> =
            pairings.into_iter().map(|each| hash_of(Some(each))).collect();
        hashes.push(hash_of(None));
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }
}
