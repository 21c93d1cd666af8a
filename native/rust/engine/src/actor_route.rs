//! Whose an input is: by its instrument, or by the epoch of the order's id.

use crate::actor::ActorInput;
use crate::actor_plan::ActorPlan;
use crate::input::Input;
use holdfast_core::{ClientOrderId, Code, Error, InstrumentId, OrderIntent, Result};
use holdfast_risk::signal::GateSignal;

impl ActorPlan {
    /// Returns whose an input is, `None` for all, and the input with the instruments as the actor names them.
    pub(crate) fn route(&self, input: ActorInput) -> Result<(Option<usize>, ActorInput)> {
        match input {
            ActorInput::Plain(input) => self.route_plain(input),
            ActorInput::Mode { .. } | ActorInput::CancelAll { instrument: None, .. } => {
                Ok((None, input))
            }
            ActorInput::CancelAll { instrument: Some(id), ts } => {
                let (actor, id) = self.place(id)?;
                Ok((Some(actor), ActorInput::CancelAll { instrument: Some(id), ts }))
            }
            ActorInput::Venue(_) | ActorInput::Decide { .. } => Err(each_by_itself()),
            ActorInput::List { contingency, orders } => {
                let mut owner = None;
                let orders: Result<Vec<OrderIntent>> = orders
                    .into_iter()
                    .map(|intent| {
                        let (actor, intent) = self.local(intent)?;
                        if *owner.get_or_insert(actor) == actor {
                            return Ok(intent);
                        }
                        let rule = "orders of a list must be on instruments of one actor";
                        Err(Error::new(Code::OrderInvalid, rule))
                    })
                    .collect();
                let list = ActorInput::List { contingency, orders: orders? };
                Ok((Some(owner.unwrap_or(0)), list))
            }
        }
    }

    fn route_plain(&self, mut input: Input<'static>) -> Result<(Option<usize>, ActorInput)> {
        let local = |id: &mut InstrumentId| {
            let (actor, place) = self.place(*id)?;
            *id = place;
            Ok(actor)
        };
        let actor = match &mut input {
            Input::Bar(bar) => local(&mut bar.instrument)?,
            Input::Trade(trade) => local(&mut trade.instrument)?,
            Input::Quote(quote) => local(&mut quote.instrument)?,
            Input::Funding(funding) => local(&mut funding.instrument)?,
            Input::Submit(intent) | Input::SubmitOnce { intent, .. } => {
                local(&mut intent.instrument)?
            }
            Input::Cancel { client_order_id, .. }
            | Input::LoseTrack { client_order_id, .. }
            | Input::RouteChosen { client_order_id, .. } => self.owner(*client_order_id)?,
            Input::Amend(amendment) => self.owner(amendment.client_order_id)?,
            Input::FuseRefused(refused) => self.owner(refused.client_order_id)?,
            Input::Report(report) => {
                let owner = self.owner(report.client_order_id)?;
                if let Some(named) = &mut report.instrument {
                    // Another actor's instrument is none that this engine knows: the report does not fit its order.
                    let known = self.place(*named).ok().filter(|(actor, _)| *actor == owner);
                    *named = known.map_or(InstrumentId(u32::MAX), |(_, place)| place);
                }
                owner
            }
            Input::SubmitList(list) => {
                let (contingency, orders) = (list.contingency, list.orders.to_vec());
                return self.route(ActorInput::List { contingency, orders });
            }
            Input::Signal { signal: GateSignal::Halted { instrument, .. }, .. } => {
                local(instrument)?
            }
            Input::ModeChanged { .. }
            | Input::Signal { .. }
            | Input::Failure { .. }
            | Input::Rate(_) => {
                return Ok((None, ActorInput::Plain(input)));
            }
            Input::RiskMeasured { .. } => {
                let rule = "risk of the whole portfolio must be told to one engine: each actor has its part of the account";
                return Err(Error::new(Code::ArgumentInvalid, rule));
            }
            Input::ChangeLimits { .. } | Input::PlanCapital { .. } => {
                let rule =
                    "limits must be changed for each actor by itself: each has its part of them";
                return Err(Error::new(Code::ArgumentInvalid, rule));
            }
            Input::VenueState(_) | Input::Decide(_) => return Err(each_by_itself()),
        };
        Ok((Some(actor), ActorInput::Plain(input)))
    }

    fn local(&self, intent: OrderIntent) -> Result<(usize, OrderIntent)> {
        let (actor, instrument) = self.place(intent.instrument)?;
        Ok((actor, OrderIntent { instrument, ..intent }))
    }

    /// Returns the actor of an order.
    pub(crate) fn owner(&self, id: ClientOrderId) -> Result<usize> {
        let named = self.actor_of_epoch(id.epoch()).or_else(|| self.adopted.get(&id.0).copied());
        named.ok_or_else(|| {
            Error::new(Code::OrderUnknown, format!("order {} must be one of the actors'", id.0))
                .with("client_order_id", id.0)
        })
    }
}

fn each_by_itself() -> Error {
    let rule = "actors must be compared with the venue each by itself: each has its part of it";
    Error::new(Code::ArgumentInvalid, rule)
}
