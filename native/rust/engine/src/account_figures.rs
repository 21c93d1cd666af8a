//! What the actors of an account have together.

use crate::actor::ActorFigures;
use holdfast_core::Result;

/// The account at a point of the stream: sums over the actors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountFigures {
    /// Sums; the hash covers the actors' hashes in their order.
    pub sum: ActorFigures,
    /// Each actor's own.
    pub actors: Vec<ActorFigures>,
}

impl AccountFigures {
    pub(crate) fn of(actors: Vec<ActorFigures>) -> Result<Self> {
        let mut hasher = blake3::Hasher::new();
        let mut sum = ActorFigures::default();
        for each in &actors {
            hasher.update(&each.state_hash);
            sum = ActorFigures {
                equity: sum.equity.plus(each.equity)?,
                cash: sum.cash.plus(each.cash)?,
                fees: sum.fees.plus(each.fees)?,
                net_value: sum.net_value.plus(each.net_value)?,
                gross_exposure: sum.gross_exposure.plus(each.gross_exposure)?,
                worst_exposure: sum.worst_exposure.plus(each.worst_exposure)?,
                open_orders: sum.open_orders + each.open_orders,
                denied: sum.denied + each.denied,
                state_hash: [0; 32],
            };
        }
        sum.state_hash = *hasher.finalize().as_bytes();
        Ok(Self { sum, actors })
    }
}
