//! Actors beside their venue: how they come to their journals, what a restart found, comparison and decisions.

use super::super::opening::EngineJournal;
use super::NativeActors;
use crate::amendment::order_id;
use crate::held::call;
use holdfast_core::Result;
use holdfast_engine::restart::RestartReport;
use holdfast_engine::{ActorDesk, ActorDeskOptions, ActorJournals, EngineConfig};
use napi_derive::napi;
use serde_json::Value;
use std::path::Path;

impl EngineJournal {
    pub(super) fn open_actors(
        &self,
        account: &EngineConfig,
        options: ActorDeskOptions<'_>,
    ) -> Result<(ActorDesk, Option<Vec<RestartReport>>)> {
        let journals = ActorJournals {
            folder: Path::new(&self.folder),
            options: &|| self.options(),
            snapshots: self.snapshots(),
        };
        let is_begun = match self.resume.as_str() {
            "never" => true,
            "if_present" => journals.is_empty(options.actors.len()),
            _ => false,
        };
        if is_begun {
            return ActorDesk::create_in(account, options, &journals).map(|desk| (desk, None));
        }
        let (desk, reports) = ActorDesk::resume_in(account, options, &journals)?;
        Ok((desk, Some(reports)))
    }
}

#[napi]
impl NativeActors {
    /// Returns what each actor's restart found, as a JSON list; null for journals that were begun.
    #[napi]
    pub fn restart_report(&self) -> Option<String> {
        self.restart.clone()
    }

    /// Returns whether not every actor was compared with the venue since the journals were resumed.
    #[napi]
    pub fn awaits_venue(&self) -> napi::Result<bool, String> {
        call(&self.inner, |inner| Ok(inner.desk()?.awaits_venue()))
    }

    /// Compares every actor with its part of what the venue said. Returns bytes of notices.
    #[napi]
    pub fn reconcile(&mut self, venue: String) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            inner.desk_telling()?.compare(&venue)?;
            inner.take_notices()
        })
    }

    /// Decides about a difference of an actor. Returns bytes of notices.
    #[napi]
    pub fn decide(
        &mut self,
        actor: u32,
        item: String,
        decision: String,
        reason: String,
    ) -> napi::Result<u32, String> {
        call(&self.inner, |inner| {
            let now = inner.now();
            let desk = inner.desk_telling()?;
            desk.decide(actor as usize, (&item, &decision), &reason, now)?;
            inner.take_notices()
        })
    }

    /// Returns items, mode and the requests that wait of each actor, as a JSON list.
    #[napi]
    pub fn reconciliation(&self) -> napi::Result<String, String> {
        call(&self.inner, |inner| Ok(Value::from(inner.desk()?.reconciliation()?).to_string()))
    }

    /// Returns the venue's id of an order that was adopted from it.
    #[napi]
    pub fn venue_order_id(&self, client_order_id: f64) -> napi::Result<Option<String>, String> {
        call(&self.inner, |inner| inner.desk()?.venue_order_id(order_id(client_order_id)?))
    }

    /// Returns when everything recorded so far is as durable as the policy of the journals says.
    #[napi]
    pub fn commit(&mut self) -> napi::Result<(), String> {
        call(&self.inner, |inner| inner.desk()?.commit())
    }
}
