//! What the gateway has to know of the way out: which requests left, and which the fuse kept here.

use super::{Gateway, Request};
use crate::input::Command;

impl Request {
    /// Returns the command that it carries out; queries of the account and connections are none.
    #[must_use]
    pub const fn command(&self) -> Option<Command> {
        match *self {
            Self::Place(intent) => Some(Command::Place(intent)),
            Self::Cancel(id) => Some(Command::Cancel(id)),
            Self::Replace(replacement) => Some(Command::Replace(replacement)),
            Self::QueryOrder { client_order_id, .. } => Some(Command::Query(client_order_id)),
            Self::QueryAccount { .. } | Self::Reconnect => None,
        }
    }
}

impl Gateway {
    /// Returns whether a request was handed out before under the same id, or an amendment under the same number.
    #[must_use]
    pub fn left_before(&self, request: &Request) -> bool {
        match request {
            Request::Place(intent) => {
                let order = self.orders.get(&intent.client_order_id.0);
                order.is_some_and(|order| order.places > 1)
            }
            Request::Replace(replacement) => {
                let order = self.orders.get(&replacement.client_order_id.0);
                order.is_some_and(|order| order.amendment_left == Some(replacement.number))
            }
            _ => false,
        }
    }

    /// Notes that a request left.
    pub fn note_left(&mut self, request: &Request) {
        if let Request::Replace(replacement) = request
            && let Some(order) = self.orders.get_mut(&replacement.client_order_id.0)
        {
            order.amendment_left = Some(replacement.number);
        }
    }

    /// The fuse kept a request here that never left: nobody waits for its answer.
    pub fn kept(&mut self, request: &Request) {
        match request {
            Request::Place(intent) => self.forget(intent.client_order_id),
            Request::Replace(replacement) => {
                let id = replacement.client_order_id;
                let Some(order) = self.orders.get_mut(&id.0) else { return };
                order.wants = order.wants.filter(|wanted| wanted.number != replacement.number);
                // It may have filled whole while more was asked for.
                if order.is_over() {
                    return self.forget(id);
                }
                if !order.awaits_answer() && order.query.is_none() && !order.end_told {
                    self.wake(id, None);
                }
            }
            _ => {}
        }
    }
}
