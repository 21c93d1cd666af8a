//! A hash over everything that decides what the engine does next.

use crate::engine::Engine;

impl Engine {
    /// Returns BLAKE3 over account, positions, open orders and counters in a fixed order.
    #[must_use]
    pub fn state_hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let mut word = |value: i128| {
            hasher.update(&value.to_le_bytes());
        };
        let account = &self.account;
        for amount in [
            account.cash,
            account.fees,
            account.funding,
            account.slippage,
            account.turnover,
            self.equity,
        ] {
            word(amount.raw());
        }
        word(i128::from(self.now().0));
        word(i128::from(self.next_order_id));
        word(self.mode() as i128);
        for state in &self.instruments {
            word(i128::from(state.position.lots().lots()));
            word(state.position.open_cost().map_or(i128::MIN, holdfast_core::Amount::raw));
            word(state.position.realized().raw());
            word(i128::from(state.case.open_buy));
            word(i128::from(state.case.open_sell));
            word(state.mark.map_or(i128::MIN, |(price, _)| i128::from(price.ticks())));
        }
        for sequencer in &self.sequences {
            let next = sequencer.next_number();
            word(next.map_or(i128::MIN, i128::from));
            sequencer.held().for_each(|(number, _)| word(i128::from(*number)));
            sequencer
                .missing()
                .for_each(|(from, to)| word(i128::from(from) << 64 | i128::from(to)));
        }
        for (currency, sum) in self.foreign_fees.sums() {
            word(currency.word() as i128);
            word(sum.raw());
        }
        for order in self.open_orders() {
            let (base, overlays, version) = order.state.load();
            word(i128::from(order.intent.client_order_id.0));
            word(
                i128::from(base as u8)
                    | i128::from(overlays.bits()) << 8
                    | i128::from(version) << 16,
            );
            word(i128::from(order.quantity.lots()));
            word(i128::from(order.cum_quantity.lots()));
            word(order.filled_tick_lots);
            word(i128::from(order.reserved.lots()));
            word(order.intent.limit_price.map_or(i128::MIN, |price| i128::from(price.ticks())));
            word(order.intent.trigger_price.map_or(i128::MIN, |price| i128::from(price.ticks())));
            word(order.pending.map_or(i128::MIN, |asked| i128::from(asked.quantity.lots())));
        }
        *hasher.finalize().as_bytes()
    }
}
