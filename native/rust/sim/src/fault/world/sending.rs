//! How the world sends: inputs follow from inputs, records are made safe, and what passes the fuse goes to the network.

use super::World;
use crate::fault::checks::Watched;
use crate::fault::departures::Departures;
use crate::fault::held_orders;
use crate::fault::network::Delivery;
use crate::fault::verified;
use holdfast_core::{Result, Timestamp};
use holdfast_engine::egress::{Egress, Passage};
use holdfast_engine::gateway::Effects;
use holdfast_engine::{Command, Input};
use holdfast_risk::fuse::FuseSpec;
use holdfast_risk::fuse::latch::{Latch, LatchState};

impl World {
    /// Puts other ceilings in force before the run; whoever looks from outside holds what leaves against them too.
    pub fn with_fuse(mut self, fuse: FuseSpec, departures: Departures) -> Result<Self> {
        self.egress = Egress::new(&fuse, &self.config, Latch::in_memory())?;
        (self.fuse, self.departures) = (fuse, departures);
        Ok(self)
    }

    /// Lets inputs follow from inputs, makes the records safe, and only then sends.
    #[inline]
    pub(in crate::fault) fn take_effects(&mut self) -> Result<()> {
        // What the fuse refuses may make the engine ask for more.
        while !self.has_no_effects() && self.take_effects_once()? {}
        Ok(())
    }

    #[inline(never)]
    fn take_effects_once(&mut self) -> Result<bool> {
        let now = Timestamp(self.now);
        loop {
            if !self.down {
                for promise in self.journal.promises.drain(..) {
                    self.ties.take(promise, &self.engine)?;
                }
            }
            for command in self.commands.drain(..) {
                self.ties.note_command(&command);
                if let Command::Place(intent) = &command {
                    self.watched.push(Watched::new(intent.client_order_id.0));
                }
                self.gateway.command(command, now, &mut self.effects);
            }
            if self.effects.inputs.is_empty() {
                break;
            }
            // The gateway only runs between two steps, so that the emptied memory can be used again.
            let mut inputs = std::mem::take(&mut self.effects.inputs);
            for input in inputs.drain(..) {
                if !self.down {
                    self.step(&input)?;
                }
            }
            self.effects.inputs = inputs;
        }
        if self.down {
            return Ok(false);
        }
        if self.journal.commit().is_err() {
            self.die(None);
            return Ok(false);
        }
        self.send_requests(now)
    }

    const fn has_no_effects(&self) -> bool {
        let Effects { requests, inputs } = &self.effects;
        let is_quiet = self.commands.is_empty() && requests.is_empty() && inputs.is_empty();
        is_quiet && self.journal.promises.is_empty() && self.journal.is_written()
    }

    /// Sends what passes the fuse; returns whether it refused something.
    fn send_requests(&mut self, now: Timestamp) -> Result<bool> {
        let (mut requests, mut refused_any) = (std::mem::take(&mut self.effects.requests), false);
        for request in requests.drain(..) {
            if self.down {
                break;
            }
            let left_before = self.gateway.left_before(&request);
            let passage = request.command().map_or(Passage::Leaves, |command| {
                self.egress.judge_sent(&self.engine, &command, now, left_before)
            });
            match passage {
                Passage::Leaves => {
                    held_orders::is_known_to_venue(&request, &self.lacking)?;
                    self.gateway.note_left(&request);
                    self.departures.note(&request, left_before, &self.engine, self.now)?;
                    let windows = self.exchange.windows;
                    let delivery = Delivery::ToVenue { request, sent: now };
                    self.network.send(self.now, 0, &windows, delivery);
                }
                Passage::Void => {}
                Passage::Refused(refused) => {
                    refused_any = true;
                    self.departures.refused += 1;
                    if !left_before {
                        self.gateway.kept(&request);
                    }
                    self.step(&Input::FuseRefused(refused))?;
                }
            }
        }
        self.effects.requests = requests;
        Ok(refused_any && !self.down)
    }

    /// The fuse of the process that begins counts what the journal says left; its latch was on disk.
    pub(super) fn recall(&mut self) -> Result<()> {
        let has_blown = *self.egress.latch() != LatchState::Armed;
        let fresh = Egress::new(&self.fuse, &self.config, Latch::in_memory())?;
        let before = std::mem::replace(&mut self.egress, fresh);
        if has_blown {
            self.egress = Egress::new(&self.fuse, &self.config, before.into_latch())?;
        }
        let records =
            self.gathered.sent.iter().filter_map(|place| self.journal.bytes.get(*place..));
        records
            .filter_map(verified::first)
            .try_for_each(|record| self.egress.recall(&self.engine, &record))
    }
}
